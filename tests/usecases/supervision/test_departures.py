"""A death or departure: on what it rests, and how a supervisor takes a wrong one back."""

from uuid import UUID

import pytest

from kanssa.accounts.conflicts_of_interest import declare_conflict
from kanssa.accounts.models import User
from kanssa.accounts.staff_refusals import ConflictingInterest, NotYourRole
from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Applicant, Confirmation, Seat
from kanssa.applications.refusals import AlreadySent, NotAllowedNow, OwnCheck
from kanssa.applications.states import State
from kanssa.evidence.models import Event, Statement
from kanssa.evidence.queries import decisions_on
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.desk.serving.record_departure import record_departure
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.usecases.supervision.undo_departure import undo_departure
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role
from tests.actions import (
    CLERK,
    corrected,
    departed,
    departure_undone,
    housed,
    household_change,
    light_change,
    renewed,
)
from tests.cast import (
    AINO,
    EINO,
    SAGA,
    applicant_of,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)
from tests.staff import member

pytestmark = pytest.mark.django_db

NEW_PLACE = UUID(int=21)


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def letters(topic):
    return [read_contents(each) for each in Message.objects.filter(topic=topic).order_by("written_at")]


def test_how_a_clerk_came_to_know_is_kept_and_the_words_are_sealed():
    application, _aino, eino = valid_of_two()

    departed(application, applicant_of(application, eino).pk)

    event = Event.objects.get(kind="departure-recorded")
    assert (event.facts["because"], event.facts["grounds"]) == ("died", "relative")
    [decision] = decisions_on(application.pk)
    assert decision.words == "Her brother telephoned."
    assert b"telephoned" not in bytes(Statement.objects.get().words_sealed)


def test_who_was_wrongly_recorded_counts_again_and_what_they_confirmed_stands():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))

    departure_undone(application, applicant.pk, now=later(days=2))

    assert loaded_application(application, now=later(days=2)).state is State.VALID
    edited(application, aino, light_change(950), now=later(days=3))
    loaded = loaded_application(application, now=later(days=3))
    assert applicant.pk in loaded.current.digests
    assert loaded.state is State.VALID
    assert not Confirmation.objects.exclude(ended_at=None).exists()


def test_who_was_left_out_since_stands_again_by_what_they_had_confirmed():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    applicant.refresh_from_db()
    assert applicant.removed_at is not None
    assert not Seat.objects.filter(person=eino.person_id).exists()

    departure_undone(application, applicant.pk, now=later(days=3))

    loaded = loaded_application(application, now=later(days=3))
    assert loaded.state is State.VALID
    assert applicant.pk in loaded.current.digests
    assert loaded.current.content.wishes["highest_rent"] == 950
    assert Seat.objects.filter(person=eino.person_id, application=application).exists()


def test_who_is_back_in_what_changed_meanwhile_is_asked_to_confirm_anew():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, household_change(801), now=later(days=2))
    confirmed(application, aino, now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    loaded = loaded_application(application, now=later(days=3))
    assert loaded.has_waiting_version
    assert loaded.state is State.VALID
    assert loaded.confirmation_of(applicant.pk) is None
    assert [address for address, _says in letters("change")] == [AINO.email]
    confirmed(application, aino, now=later(days=3))
    confirmed(application, eino, now=later(days=3))
    assert not loaded_application(application, now=later(days=3)).has_waiting_version


def test_what_they_confirmed_elsewhere_is_taken_over_as_by_any_deed():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    other = sent(EINO, SAGA, now=later(days=2))
    elsewhere = confirmed(other, arrived(EINO, now=later(days=2)), now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert Seat.objects.get(person=eino.person_id).application_id == application.pk
    assert Confirmation.objects.get(pk=elsewhere).ended_because == "used-elsewhere"


def test_a_main_applicant_who_was_wrongly_recorded_has_the_place_again_and_is_told():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    assert applicant_of(application, eino).is_main

    departure_undone(application, applicant.pk, now=later(days=2))

    assert applicant_of(application, aino).is_main
    assert not applicant_of(application, eino).is_main
    assert [address for address, _says in letters("now_main")] == [EINO.email, AINO.email]
    renewed(application, aino, now=later(days=3))


def test_a_main_applicant_who_was_left_out_since_has_the_place_again():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    renewed(application, eino, now=later(days=2))
    assert applicant.pk not in loaded_application(application, now=later(days=2)).current.digests

    departure_undone(application, applicant.pk, now=later(days=3))

    loaded = loaded_application(application, now=later(days=3))
    assert loaded.main_applicant.pk == applicant.pk
    assert applicant.pk in loaded.current.digests
    assert loaded.state is State.VALID


def test_a_main_applicant_who_is_valid_elsewhere_since_does_not_get_the_place_again():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    other = sent(AINO, now=later(days=2))
    confirmed(other, arrived(AINO, now=later(days=2)), now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert applicant_of(application, eino).is_main


def test_what_was_being_edited_without_them_is_forgotten():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    with pytest.raises(AlreadySent):
        draft_content_of(loaded_application(application).application)


def test_who_was_named_again_meanwhile_stands_once():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    edited(application, aino, lambda c: c.with_adult(NEW_PLACE, EINO.named), now=later(days=3))

    departure_undone(application, applicant.pk, now=later(days=4))

    loaded = loaded_application(application, now=later(days=4))
    assert set(loaded.current.digests) == {applicant_of(application, aino).pk, NEW_PLACE}


def test_the_person_alone_is_told_that_they_count_again():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    corrected(application, eino, {"email": "eino-own@example.com"})
    departed(application, applicant.pk, now=later(days=1))

    departure_undone(application, applicant.pk, now=later(days=2))

    [(address, says)] = letters("decided")
    assert (address, says["outcome"]) == ("eino-own@example.com", "counts-again")


def test_of_an_ended_application_the_record_alone_is_put_right():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    housed(application, now=later(days=2))
    told = len(letters("all_confirmed"))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert loaded_application(application, now=later(days=3)).state is State.HOUSED
    assert not Seat.objects.exists()
    assert len(letters("all_confirmed")) == told
    applicant.refresh_from_db()
    assert applicant.left_at is None


def test_the_grounds_of_taking_it_back_are_kept():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))

    departure_undone(application, applicant.pk, now=later(days=2))

    event = Event.objects.get(kind="departure-taken-back")
    assert (event.facts["because"], event.facts["grounds"]) == ("died", "untrue")
    assert [each.words for each in decisions_on(application.pk)] == [
        "She is alive and well.",
        "Her brother telephoned.",
    ]


def taken_back_by(staff, application, applicant, *, now=None):
    undo_departure(
        application_id=application.pk,
        applicant_id=applicant.pk,
        grounds="untrue",
        words="She is alive.",
        staff=staff,
        actor=staff.actor,
        now=now or later(days=2),
    )


def test_neither_a_clerk_nor_who_recorded_it_takes_it_back():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    both = member(Role.CLERK, Role.SUPERVISOR)
    record_departure(
        application_id=application.pk,
        applicant_id=applicant.pk,
        because="moved",
        grounds="register",
        words="Looked up today.",
        staff=both,
        actor=both.actor,
        now=later(days=1),
    )

    for staff, refusal in ((CLERK, NotYourRole), (both, OwnCheck)):
        with pytest.raises(refusal):
            taken_back_by(staff, application, applicant)

    assert Applicant.objects.get(pk=applicant.pk).left_at is not None


def test_nobody_takes_back_what_was_recorded_of_a_relative_also_when_they_were_left_out_since():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    user = User.objects.create(email="valma@example.com", name="Valma")
    declare_conflict(member(user_id=user.pk), Hetu(EINO.hetu), relation="relative", now=later())

    with pytest.raises(ConflictingInterest):
        taken_back_by(member(Role.SUPERVISOR, user_id=user.pk), application, applicant, now=later(days=3))


def test_nobody_who_did_not_leave_is_taken_back():
    application, _aino, eino = valid_of_two()

    with pytest.raises(NotAllowedNow):
        taken_back_by(member(Role.SUPERVISOR), application, applicant_of(application, eino))
