"""Grounds of a recorded death or departure, and a supervisor's correction of a wrong one."""

from uuid import UUID

import pytest

from kanssa.accounts.conflicts_of_interest import declare_conflict
from kanssa.accounts.models import User
from kanssa.accounts.staff_refusals import ConflictingInterest, NotYourRole
from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Applicant, Confirmation, Seat
from kanssa.applications.refusals import AlreadySent, GroundsTooWeak, NotAllowedNow, OwnCheck
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
    accepted_main,
    corrected,
    departed,
    departure_undone,
    housed,
    household_change,
    light_change,
    own_household,
    renewed,
)
from tests.cast import (
    AINO,
    EINO,
    HILMA,
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

NEW_APPLICANT = UUID(int=21)


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def messages(topic):
    return [read_contents(each) for each in Message.objects.filter(topic=topic).order_by("written_at")]


def test_the_source_of_a_departure_is_recorded_and_its_words_are_sealed():
    application, _aino, eino = valid_of_two()

    departed(application, applicant_of(application, eino).pk)

    event = Event.objects.get(kind="departure-recorded")
    assert (event.facts["because"], event.facts["grounds"]) == ("died", "certificate")
    [decision] = decisions_on(application.pk)
    assert decision.words == "Her brother telephoned."
    assert b"telephoned" not in bytes(Statement.objects.get().words_sealed)


def test_a_wrongly_recorded_adult_counts_again_and_keeps_their_confirmation():
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


def test_an_adult_removed_since_counts_again_by_their_earlier_confirmation():
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


def test_an_adult_who_returns_to_a_changed_application_must_confirm_again():
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
    assert [address for address, _says in messages("change")] == [AINO.email]
    confirmed(application, aino, now=later(days=3))
    confirmed(application, eino, now=later(days=3))
    assert not loaded_application(application, now=later(days=3)).has_waiting_version


def test_a_returning_adults_confirmation_elsewhere_ends():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    other = sent(EINO, HILMA, now=later(days=2))
    elsewhere = confirmed(other, arrived(EINO, now=later(days=2)), now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert Seat.objects.get(person=eino.person_id).application_id == application.pk
    assert Confirmation.objects.get(pk=elsewhere).ended_because == "used-elsewhere"


def test_a_wrongly_recorded_main_applicant_is_main_again_while_the_place_is_not_accepted():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    assert [address for address, _says in messages("main_offered")] == [EINO.email]

    departure_undone(application, applicant.pk, now=later(days=2))

    assert applicant_of(application, aino).is_main
    assert not applicant_of(application, eino).is_main
    renewed(application, aino, now=later(days=3))


def test_a_main_applicant_removed_since_counts_again_and_the_accepted_place_stays_with_the_other():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    accepted_main(application, eino, now=later(days=2))
    edited(application, eino, own_household, now=later(days=2))
    assert applicant.pk not in loaded_application(application, now=later(days=2)).current.digests

    departure_undone(application, applicant.pk, now=later(days=3))

    loaded = loaded_application(application, now=later(days=3))
    assert loaded.main_applicant.person_id == eino.person_id
    assert applicant.pk in loaded.current.digests
    assert loaded.state is State.VALID


def test_the_place_of_a_main_applicant_valid_elsewhere_since_stays_open():
    application, aino, _eino = valid_of_two()
    applicant = applicant_of(application, aino)
    departed(application, applicant.pk, now=later(days=1))
    other = sent(AINO, now=later(days=2))
    confirmed(other, arrived(AINO, now=later(days=2)), now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert loaded_application(application, now=later(days=3)).main_place_opened_at


def test_an_edit_without_the_returning_adult_is_discarded():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=later(days=2))

    departure_undone(application, applicant.pk, now=later(days=3))

    with pytest.raises(AlreadySent):
        draft_content_of(loaded_application(application).application)


def test_an_adult_named_again_meanwhile_is_on_the_application_once():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    edited(application, aino, lambda c: c.with_adult(NEW_APPLICANT, EINO.named), now=later(days=3))

    departure_undone(application, applicant.pk, now=later(days=4))

    loaded = loaded_application(application, now=later(days=4))
    assert set(loaded.current.digests) == {applicant_of(application, aino).pk, NEW_APPLICANT}


def test_another_applicants_word_alone_records_no_departure():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)

    with pytest.raises(GroundsTooWeak):
        departed(application, applicant.pk, now=later(days=1), grounds="relative")

    assert Applicant.objects.get(pk=applicant.pk).left_at is None


def test_only_the_returning_person_is_notified():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    corrected(application, eino, {"email": "eino-own@example.com"})
    departed(application, applicant.pk, now=later(days=1))

    departure_undone(application, applicant.pk, now=later(days=2))

    [(address, says)] = messages("decided")
    assert (address, says["outcome"]) == ("eino-own@example.com", "counts-again")


def test_on_an_ended_application_only_the_record_is_corrected():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    housed(application, now=later(days=2))
    count_before = len(messages("all_confirmed"))

    departure_undone(application, applicant.pk, now=later(days=3))

    assert loaded_application(application, now=later(days=3)).state is State.HOUSED
    assert not Seat.objects.exists()
    assert len(messages("all_confirmed")) == count_before
    applicant.refresh_from_db()
    assert applicant.left_at is None


def test_the_grounds_of_undoing_are_recorded():
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
        now=now or later(days=2),
    )


def test_neither_a_clerk_nor_the_recorder_can_undo_a_departure():
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
        now=later(days=1),
    )

    for staff, refusal in ((CLERK, NotYourRole), (both, OwnCheck)):
        with pytest.raises(refusal):
            taken_back_by(staff, application, applicant)

    assert Applicant.objects.get(pk=applicant.pk).left_at is not None


def test_a_supervisor_cannot_undo_the_departure_of_a_relative_even_after_their_removal():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)
    departed(application, applicant.pk, now=later(days=1))
    edited(application, aino, light_change(950), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    user = User.objects.create(email="valma@example.com", name="Valma")
    declare_conflict(member(user_id=user.pk), Hetu(EINO.hetu), relation="relative", now=later())

    with pytest.raises(ConflictingInterest):
        taken_back_by(member(Role.SUPERVISOR, user_id=user.pk), application, applicant, now=later(days=3))


def test_an_adult_who_did_not_leave_cannot_be_restored():
    application, _aino, eino = valid_of_two()

    with pytest.raises(NotAllowedNow):
        taken_back_by(member(Role.SUPERVISOR), application, applicant_of(application, eino))
