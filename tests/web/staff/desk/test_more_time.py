"""The pages by which a clerk extends a time to confirm, and a supervisor undoes a lapse."""

import pytest

from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.worker.timers import run_timers
from tests.cast import AINO, EINO, loaded_application, sent
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import at_the_desk, opened
from tests.web.staff.supervision.test_corrections import looked_into
from tests.web.staff.supervision.test_supervision import at_the_office

pytestmark = pytest.mark.django_db

REASON = {"grounds": "illness", "words": "She is in hospital until Friday."}


@pytest.fixture
def desk(browser) -> Browser:
    return at_the_desk(browser)


def confirm_by(application):
    return loaded_application(application).application.confirm_by


def test_a_clerk_extends_the_time_and_the_case_shows_it(desk):
    application = sent(AINO, EINO)
    before = confirm_by(application)
    folder = opened(desk, application)
    assert "Extend the time to confirm" in text_of(desk.get(folder))

    answer = desk.post(f"{folder}more-time/", days="7", **REASON)

    assert answer.status_code == 302
    assert confirm_by(application) > before
    assert Event.objects.get(kind="time-extended").facts["days"] == 7


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ({"days": "", **REASON}, "Type the number of days"),
        ({"days": "15", **REASON}, "more days than the time may be extended by"),
        ({"days": "7", "words": "x"}, "Choose why the time is extended"),
        ({"days": "7", "grounds": "illness"}, "Write the grounds"),
    ],
)
def test_the_time_is_not_extended_without_days_and_grounds(desk, typed, missing):
    application = sent(AINO, EINO)
    before = confirm_by(application)
    folder = opened(desk, application)

    answer = desk.post(f"{folder}more-time/", **typed)

    assert answer.status_code == 422
    assert missing in text_of(answer)
    assert confirm_by(application) == before


def test_a_time_that_is_extended_enough_says_so(desk):
    application = sent(AINO, EINO)
    folder = opened(desk, application)
    for _time in range(2):
        desk.post(f"{folder}more-time/", days="12", **REASON)

    answer = desk.post(f"{folder}more-time/", days="12", **REASON)

    assert answer.status_code == 422
    assert "cannot be extended by this many days" in text_of(answer)


def test_a_supervisor_undoes_a_lapse_and_the_history_says_why(clock):
    application = sent(AINO, EINO)
    clock.passes(days=50)
    run_timers(now=clock.time)
    office = at_the_office(Browser())
    folder = looked_into(office, application)
    assert "Undo the lapse" in text_of(office.get(folder))

    answer = office.post(f"{folder}undo-lapse/", grounds="outage", words="The broker was away all evening.")

    assert answer.status_code == 302
    assert loaded_application(application, now=clock.time).state is State.SENT
    after = text_of(office.get(folder))
    assert "Undid a lapse" in after
    assert "The broker was away all evening" in after
    assert office.get(f"{folder}undo-lapse/").status_code == 404
