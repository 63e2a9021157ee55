"""A clerk extends the time to confirm with a reason; a supervisor undoes a lapse through our fault."""

import pytest

from kanssa.accounts.staff_refusals import NotYourRole
from kanssa.applications.refusals import NotAllowedNow, NotExtendable
from kanssa.applications.states import State
from kanssa.calendar.days import day_of, last_day_before
from kanssa.evidence.models import Event
from kanssa.evidence.record import explanation_on
from kanssa.messages.models import Message
from kanssa.office.current import current_office, is_open_on
from kanssa.usecases.desk.casework.extend_confirmation_time import extend_confirmation_time
from kanssa.usecases.supervision.undo_lapse import undo_lapse
from kanssa.worker.timers import run_timers
from tests.actions import CLERK, SUPERVISOR
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    arrived,
    completed,
    confirmed,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db


def waiting():
    """Aino has confirmed, Eino has identified and given his address, Hilma only has a link."""
    application = sent(AINO, EINO, HILMA)
    confirmed(application, arrived(AINO))
    eino = arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    return application, eino, loaded_application(application).application.confirm_by


def extended(application, *, days=5, staff=CLERK, now=None):
    extend_confirmation_time(
        application_id=application.pk,
        days=days,
        grounds="illness",
        words="She is in hospital.",
        staff=staff,
        now=now or later(days=1),
    )


def undone(application, *, now, staff=SUPERVISOR):
    undo_lapse(
        application_id=application.pk,
        grounds="outage",
        words="The broker was away all evening.",
        staff=staff,
        now=now,
    )


def end_of(application, *, now):
    return loaded_application(application, now=now).application.confirm_by


def test_a_clerk_extends_the_time_to_the_end_of_an_open_day():
    application, _eino, end = waiting()

    extended(application)

    until = end_of(application, now=later(days=1))
    assert 5 <= (day_of(until) - day_of(end)).days <= 8
    assert is_open_on(last_day_before(until), current_office())
    assert loaded_application(application, now=end).state is State.SENT
    assert loaded_application(application, now=until).state is State.LAPSED


def test_the_reason_is_recorded_and_no_message_names_it():
    application, eino, _end = waiting()

    extended(application)

    event = Event.objects.get(kind="time-extended")
    assert event.facts["grounds"] == "illness"
    assert explanation_on(event) == "She is in hospital."
    told = Message.objects.filter(topic="time_extended")
    eino_id = application.applicants.get(person_id=eino.person_id).pk
    assert [each.applicant_id for each in told] == [eino_id]


def test_the_time_is_extended_only_so_far():
    application, _eino, _end = waiting()

    with pytest.raises(NotExtendable):
        extended(application, days=40)
    for _time in range(3):
        extended(application, days=7)
    with pytest.raises(NotExtendable):
        extended(application, days=14)


def test_only_a_clerk_extends_and_only_while_a_confirmation_is_awaited():
    application = sent(AINO)
    with pytest.raises(NotYourRole):
        extended(application, staff=SUPERVISOR)
    confirmed(application, arrived(AINO))

    with pytest.raises(NotExtendable):
        extended(application)


def test_a_supervisor_undoes_a_lapse_and_the_confirmations_count_as_before():
    application, eino, end = waiting()
    run_timers(now=end)
    assert loaded_application(application, now=end).state is State.LAPSED

    undone(application, now=later(days=40))

    loaded = loaded_application(application, now=later(days=40))
    assert loaded.state is State.SENT
    confirmed(application, eino, now=later(days=41))
    joined(application, HILMA, now=later(days=41))
    assert loaded_application(application, now=later(days=41)).state is State.VALID
    assert Message.objects.filter(topic="time_extended").count() == 1


def test_an_undone_lapse_lapses_again_when_its_time_is_over():
    application, _eino, end = waiting()
    run_timers(now=end)
    undone(application, now=later(days=40))

    run_timers(now=later(days=70))

    assert loaded_application(application, now=later(days=70)).state is State.LAPSED


def test_only_a_supervisor_undoes_a_lapse_and_only_once():
    application, _eino, end = waiting()
    with pytest.raises(NotAllowedNow):
        undone(application, now=later(days=1))
    run_timers(now=end)
    with pytest.raises(NotYourRole):
        undone(application, now=later(days=40), staff=CLERK)
    undone(application, now=later(days=40))

    with pytest.raises(NotAllowedNow):
        undone(application, now=later(days=40))
