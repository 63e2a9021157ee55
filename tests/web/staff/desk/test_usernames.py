"""The clerk's page for ending a slip or closing a username, and the case afterwards."""

import pytest

from kanssa.accounts.models import Account, ActivationCode
from tests.cast import AINO, EINO, arrived, confirmed, sent
from tests.web.account.test_username import log_in, slip_for, with_username
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import applicant_id_of, at_the_desk, opened

pytestmark = pytest.mark.django_db

ASKED = "End the activation slip or username of Aino Inkeri Korhonen"


@pytest.fixture
def desk() -> Browser:
    return at_the_desk(Browser())


def page_of(application):
    return f"staff/desk/case/{application.pk}/{applicant_id_of(application)}/username/"


def test_a_lost_slip_is_ended_by_telephone_and_the_case_says_when_and_why(desk):
    application = sent(AINO)
    confirmed(application, arrived(AINO, sent_here=application))
    name = slip_for(application)[:4]
    folder = opened(desk, application, reason="contact")
    assert ASKED in text_of(desk.get(folder))

    answer = desk.post(page_of(application), what="slip", because="slip-lost")

    assert answer["Location"] == f"/en/{folder}"
    case = text_of(desk.get(folder))
    assert f"A clerk ended activation slip {name} " in case
    assert "The slip was lost or stolen." in case
    assert "A slip or a username was ended" in case  # the message about it
    assert ASKED not in case
    assert ActivationCode.objects.get().ended_because == "closed"


def test_closing_a_username_signs_out_its_browser(desk):
    application = sent(AINO)
    theirs = with_username(application)
    folder = opened(desk, application, reason="contact")
    assert "They have had a username since" in text_of(desk.get(folder))
    assert theirs.get(f"e-service/{application.pk}/").status_code == 200

    desk.post(page_of(application), what="username", because="mailbox-lost")

    case = text_of(desk.get(folder))
    assert "A clerk closed the username" in case
    assert "Another person has the mailbox" in case
    assert "They have had a username since" not in case
    answer = theirs.get(f"e-service/{application.pk}/")
    assert answer.status_code == 401
    assert "half an hour" not in text_of(answer)
    assert log_in(Browser()).status_code == 403


def test_an_ended_slip_is_shown_on_the_persons_other_application_too(desk):
    first, other = sent(AINO), sent(AINO, EINO)
    slip_for(first)
    arrived(AINO, sent_here=other)
    opened(desk, first)
    desk.post(page_of(first), what="slip", because="slip-lost")

    assert "The slip was lost or stolen." in text_of(desk.get(opened(desk, other)))


def test_opening_the_page_ends_nothing(desk):
    application = sent(AINO)
    slip_for(application)
    opened(desk, application)

    page = text_of(desk.get(page_of(application)))

    assert "their confirmations remain" in page
    assert ActivationCode.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("answers", "says"),
    [({"what": "slip"}, "Choose the reason."), ({"because": "slip-lost"}, "Choose what you want to end.")],
)
def test_ending_needs_a_choice_and_a_reason(desk, answers, says):
    application = sent(AINO)
    slip_for(application)
    opened(desk, application)

    refused = desk.post(page_of(application), **answers)

    assert refused.status_code == 422
    assert says in text_of(refused)
    assert ActivationCode.objects.get().ended_at is None


def test_the_page_says_when_there_is_no_username(desk):
    application = sent(AINO)
    slip_for(application)
    opened(desk, application)

    refused = desk.post(page_of(application), what="username", because="not-wanted")

    assert refused.status_code == 422
    assert "There is none that could be used. Nothing was changed." in text_of(refused)
    assert ActivationCode.objects.get().ended_at is None


def test_an_unopened_case_asks_why_before_anything_is_ended(desk):
    application = sent(AINO)
    with_username(application)

    answer = desk.send(page_of(application), what="username", because="not-wanted")

    assert answer["Location"] == f"/en/staff/desk/case/{application.pk}/why/"
    assert Account.objects.exists()


def test_nothing_is_ended_in_the_clerks_own_household(desk):
    application = sent(AINO, EINO)
    slip_for(application)
    opened(desk, application)
    desk.post("staff/desk/not-mine/", hetu=EINO.hetu)

    answer = desk.send(page_of(application), what="slip", because="slip-lost")

    assert answer.status_code == 403
    assert ActivationCode.objects.get().ended_at is None
