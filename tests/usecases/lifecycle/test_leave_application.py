"""Every adult can leave with one press; the others may continue without them with one press."""

import pytest

from kanssa.applications.models import Applicant, Confirmation, Invitation, Seat
from kanssa.applications.refusals import (
    NoAdultLeft,
    NoSuchApplication,
    NotAllowedNow,
    NothingToInvite,
    NothingWaits,
    SomeoneElse,
)
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.worker.timers import run_timers
from tests.actions import (
    continued,
    corrected,
    declined,
    departure_undone,
    discarded,
    left,
    resent,
    with_adult,
)
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    identified,
    joined,
    later,
    loaded_application,
    sent,
    valid_of_three,
)

pytestmark = pytest.mark.django_db

DAY_1, DAY_2, DAY_3 = later(days=1), later(days=2), later(days=3)


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def messages(topic):
    written = Message.objects.filter(topic=topic).order_by("written_at", "cause")
    return [read_contents(each) for each in written if each.sealed]


def addressees(topic):
    return sorted(address for address, _says in messages(topic))


def state_of(application, now):
    return loaded_application(application, now=now).state


def test_a_valid_application_that_an_adult_leaves_falls_back_with_a_new_time_to_confirm():
    application, _aino, eino = valid_of_two()

    left(application, eino, now=later(days=20))

    loaded = loaded_application(application, now=later(days=20))
    assert loaded.state is State.SENT
    assert loaded.application.confirm_by > later(days=49)
    assert not Seat.objects.exists()
    assert [each.ended_because for each in Confirmation.objects.filter(person=eino.person_id)] == ["left"]
    assert not Confirmation.objects.exclude(person=eino.person_id).exclude(ended_at=None).exists()


def test_the_others_are_told_once_by_first_name_and_that_they_may_continue():
    application, _aino, eino, _hilma = valid_of_three()

    left(application, eino, now=DAY_1)
    left(application, eino, now=DAY_2)

    assert addressees("left") == [AINO.email, HILMA.email]
    assert {says["leaver"] for _address, says in messages("left")} == {"Eino"}
    assert not messages("fallen_back")
    assert Event.objects.filter(kind="left").count() == 1


def test_an_adult_who_has_not_confirmed_can_leave_too():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    eino = arrived(EINO)

    left(application, eino, now=DAY_1)

    assert state_of(application, DAY_1) is State.SENT
    assert addressees("left") == [AINO.email]


def test_invitations_reminders_and_waiting_messages_to_the_leaver_stop():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    eino = arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    key = applicant_of(application, eino).pk
    assert addressees("invitation") == [EINO.email]

    left(application, eino, now=later(hours=1))

    run_timers(now=later(days=4))
    assert not Invitation.objects.active().filter(applicant=key).exists()
    assert addressees("invitation") == []  # it was still waiting
    assert addressees("reminder") == [AINO.email]
    with pytest.raises(NothingToInvite):
        resent(application, key, aino, now=later(days=5))


def test_the_leaver_confirms_corrects_and_declines_nothing_more():
    application, _aino, eino = valid_of_two()
    left(application, eino, now=DAY_1)

    for act in (confirmed, declined, lambda *a, **k: corrected(*a, {"phone": "+358401"}, **k)):
        with pytest.raises(NotAllowedNow):
            act(application, eino, now=DAY_2)


def test_only_an_adult_of_the_application_leaves_it():
    application, _aino, _eino = valid_of_two()
    hilma = identified(HILMA)

    with pytest.raises(NoSuchApplication):
        left(application, hilma, now=DAY_1)


def test_the_only_adult_who_leaves_ends_the_application():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)

    left(application, aino, now=DAY_1)

    assert state_of(application, DAY_1) is State.WITHDRAWN
    assert not Seat.objects.exists()


def test_the_last_adult_who_leaves_ends_the_application_without_a_message():
    application, aino, eino = valid_of_two()
    left(application, eino, now=DAY_1)

    left(application, aino, now=DAY_2)

    assert state_of(application, DAY_2) is State.WITHDRAWN
    assert Message.objects.filter(topic="left").count() == 1


def test_leaving_is_no_record_that_a_supervisor_could_undo():
    application, _aino, eino = valid_of_two()
    left(application, eino, now=DAY_1)

    with pytest.raises(NotAllowedNow):
        departure_undone(application, applicant_of(application, eino).pk, now=DAY_2)


def test_the_main_applicant_continues_with_one_press_and_the_others_confirm_who_moves_in():
    application, aino, eino, hilma = valid_of_three()
    before = loaded_application(application).current.content
    left(application, eino, now=DAY_1)
    gone = applicant_of(application, eino).pk

    continued(application, aino, now=DAY_2)

    loaded = loaded_application(application, now=DAY_2)
    assert loaded.current.content == before.without_adult(gone)
    assert loaded.current.version.valid_until == loaded_application(application).valid_until
    assert addressees("change") == [HILMA.email]
    assert not messages("removed")
    confirmed(application, aino, now=DAY_3)
    assert state_of(application, DAY_3) is State.SENT
    confirmed(application, hilma, now=DAY_3)
    assert state_of(application, DAY_3) is State.VALID


def test_removed_and_alone_the_leaver_is_free_to_apply_and_to_be_named_again():
    application, aino, eino = valid_of_two()
    left(application, eino, now=DAY_1)
    continued(application, aino, now=DAY_2)
    assert Applicant.objects.get(application=application, person=eino.person_id).removed_at
    own = sent(EINO, now=DAY_2)
    confirmed(own, arrived(EINO, now=DAY_2), now=DAY_2)
    assert state_of(own, DAY_2) is State.VALID

    edited(application, aino, with_adult(EINO), now=DAY_3)

    assert len(loaded_application(application, now=DAY_3).current.digests) == 2
    assert state_of(own, DAY_3) is State.VALID


def test_discarding_a_change_brings_no_leaver_back():
    application, aino, eino = valid_of_two()
    left(application, eino, now=DAY_1)
    continued(application, aino, now=DAY_2)

    with pytest.raises(NothingWaits):
        discarded(application, aino, now=DAY_3)


def test_an_earlier_confirmation_without_the_leaver_counts_again_at_once():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    edited(application, aino, with_adult(EINO), now=DAY_1)
    left(application, arrived(EINO, now=DAY_1), now=DAY_1)
    assert state_of(application, DAY_1) is State.VALID

    continued(application, aino, now=DAY_2)

    loaded = loaded_application(application, now=DAY_2)
    assert loaded.state is State.VALID
    assert not loaded.has_waiting_version


def test_a_co_applicants_correction_after_an_adult_left_changes_nothing_that_others_see():
    application, _aino, eino, hilma = valid_of_three()
    left(application, eino, now=DAY_1)

    corrected(application, hilma, {"phone": "+358401234567"}, now=DAY_2)

    assert len(loaded_application(application, now=DAY_2).current.digests) == 3
    assert addressees("change") == []


def test_the_main_applicants_correction_after_an_adult_left_leaves_them_out_and_tells_the_others():
    application, aino, eino, _hilma = valid_of_three()
    left(application, eino, now=DAY_1)

    corrected(application, aino, {"phone": "+358401234567"}, now=DAY_2)

    assert len(loaded_application(application, now=DAY_2).current.digests) == 2
    assert addressees("change") == [HILMA.email]


def test_only_the_main_applicant_continues_and_only_without_an_adult_who_left():
    application, aino, eino, hilma = valid_of_three()

    with pytest.raises(NoAdultLeft):
        continued(application, aino, now=DAY_1)
    left(application, eino, now=DAY_1)
    with pytest.raises(SomeoneElse):
        continued(application, hilma, now=DAY_2)
    continued(application, aino, now=DAY_2)
    with pytest.raises(NoAdultLeft):
        continued(application, aino, now=DAY_3)
