from datetime import timedelta

import pytest

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Confirmation, Seat
from kanssa.applications.refusals import (
    DetailsMissing,
    NoSuchApplication,
    NotAllowedNow,
    SomeoneElse,
    SomethingChanged,
    TermsNotAccepted,
)
from kanssa.applications.states import State
from kanssa.calendar.days import last_day_before
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.confirm_application import confirm_application
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    OTSO,
    applicant_of,
    arrived,
    completed,
    confirmed,
    identified,
    joined,
    later,
    sent,
)

pytestmark = pytest.mark.django_db


def state_of(application):
    application.refresh_from_db()
    return application.state


def test_a_single_main_applicant_makes_the_application_valid_by_confirming():
    application = sent(AINO)

    confirmed(application, arrived(AINO))

    assert state_of(application) == State.VALID
    assert (
        application.valid_until == LoadedApplication.of(application.pk, now=NOW).current.version.valid_until
    )
    assert Seat.objects.get().application == application


def test_the_application_is_not_valid_while_a_co_applicant_is_missing():
    application = sent(AINO, EINO)

    confirmed(application, arrived(AINO))

    assert state_of(application) == State.SENT
    assert not Seat.objects.exists()
    assert not Message.objects.filter(topic="all_confirmed").exists()


def test_the_last_confirmation_makes_it_valid_and_notifies_every_adult():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))

    joined(application, EINO)

    assert state_of(application) == State.VALID
    assert Message.objects.filter(topic="all_confirmed").count() == 2
    assert Event.objects.filter(kind="became-valid").count() == 1


def test_a_co_applicants_own_details_keep_the_others_confirmation():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)

    completed(application, arrived(EINO))

    loaded = LoadedApplication.of(application.pk, now=NOW)
    assert loaded.current.version.number == 2
    assert loaded.confirmation_of(applicant_of(application, aino).pk)


def test_confirming_twice_is_one_confirmation_one_event_and_one_message_each():
    application = sent(AINO)
    aino = arrived(AINO)

    first = confirmed(application, aino)
    second = confirmed(application, aino, now=later(minutes=1))

    assert first == second
    assert Confirmation.objects.count() == 1
    assert Event.objects.filter(kind="confirmed").count() == 1
    assert Message.objects.filter(topic="all_confirmed").count() == 1


def test_the_main_applicant_cannot_confirm_for_a_co_applicant():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)

    with pytest.raises(SomeoneElse):
        confirm_application(
            application_id=application.pk,
            applicant_id=applicant_of(application, eino).pk,
            version_id=LoadedApplication.of(application.pk, now=NOW).current.version.pk,
            identified=aino,
            actor=aino.actor,
            now=NOW,
        )

    assert not Confirmation.objects.exists()


def test_an_outsider_learns_of_no_application():
    application = sent(AINO)
    aino, otso = arrived(AINO), arrived(OTSO)

    with pytest.raises(SomeoneElse):
        confirm_application(
            application_id=application.pk,
            applicant_id=applicant_of(application, aino).pk,
            version_id=LoadedApplication.of(application.pk, now=NOW).current.version.pk,
            identified=otso,
            actor=otso.actor,
            now=NOW,
        )


def test_an_unseen_version_cannot_be_confirmed():
    application, other = sent(AINO), sent(AINO)
    aino = arrived(AINO)

    with pytest.raises(SomethingChanged):
        confirm_application(
            application_id=application.pk,
            applicant_id=applicant_of(application, aino).pk,
            version_id=LoadedApplication.of(other.pk, now=NOW).current.version.pk,
            identified=aino,
            actor=aino.actor,
            now=NOW,
        )


def test_an_old_version_with_the_same_facts_for_the_person_can_be_confirmed():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)
    seen = LoadedApplication.of(application.pk, now=NOW).current.version
    completed(application, eino)

    confirm_application(
        application_id=application.pk,
        applicant_id=applicant_of(application, aino).pk,
        version_id=seen.pk,
        identified=aino,
        actor=aino.actor,
        now=NOW,
    )

    assert Confirmation.objects.get().version == seen
    assert LoadedApplication.of(application.pk, now=NOW).confirmation_of(applicant_of(application, aino).pk)


def test_own_details_must_be_complete_first():
    application = sent(AINO, EINO)

    with pytest.raises(DetailsMissing) as refused:
        confirmed(application, arrived(EINO))

    assert "gross_income" in refused.value.facts["fields"]


def test_the_terms_must_be_accepted_first():
    application = sent(AINO)
    aino = identified(AINO)
    claim_applicants(identified=aino, sent_here=None, actor=aino.actor, now=NOW)

    with pytest.raises(TermsNotAccepted):
        confirmed(application, aino)


def test_confirming_is_refused_after_the_time_to_confirm():
    application = sent(AINO)
    aino = arrived(AINO)

    with pytest.raises(NotAllowedNow):
        confirmed(application, aino, now=application.confirm_by)


def test_confirming_is_possible_until_the_last_moment_of_the_last_day():
    application = sent(AINO)
    aino = arrived(AINO)

    confirmed(application, aino, now=application.confirm_by - timedelta(microseconds=1))

    assert state_of(application) == State.VALID


def test_a_refusal_is_recorded_although_its_transaction_is_rolled_back():
    application = sent(AINO, EINO)

    with pytest.raises(DetailsMissing):
        confirmed(application, arrived(EINO))

    refused = Event.objects.get(kind="refused")
    assert refused.facts["code"] == "details-missing"
    assert refused.facts["deed"] == "confirm_application"


def test_becoming_valid_ends_the_adults_confirmation_elsewhere():
    former, newer = sent(AINO), sent(AINO, now=later(minutes=1))
    aino = arrived(AINO, now=later(minutes=2))
    confirmed(former, aino)

    confirmed(newer, aino, now=later(minutes=3))

    assert state_of(former) == State.REPLACED
    assert state_of(newer) == State.VALID
    assert Seat.objects.get().application == newer


def test_an_application_that_loses_an_adult_to_another_falls_back_and_the_rest_are_notified():
    shared, alone = sent(AINO, EINO), sent(AINO)
    aino = arrived(AINO)
    confirmed(shared, aino)
    joined(shared, EINO)

    confirmed(alone, aino, now=later(days=1))

    assert state_of(shared) == State.SENT
    assert state_of(alone) == State.VALID
    sent_messages = Message.objects.filter(topic="confirmed_elsewhere")
    assert [message.application_id for message in sent_messages] == [shared.pk]
    assert sent_messages.get().applicant_id != applicant_of(shared, aino).pk


def test_naming_a_person_does_not_affect_their_own_application():
    own = sent(HILMA)
    confirmed(own, arrived(HILMA))

    confirmed(sent(AINO, HILMA), arrived(AINO))

    assert state_of(own) == State.VALID
    assert Seat.objects.get().application == own


def test_an_outsider_is_no_applicant_there():
    application = sent(AINO)
    otso = arrived(OTSO)

    with pytest.raises(NoSuchApplication):
        LoadedApplication.of(application.pk, now=NOW).applicant_of(otso.person_id)


def test_a_main_applicant_who_confirms_invites_adults_not_yet_invited():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    assert not Message.objects.filter(topic="invitation").exists()

    confirmed(application, aino)
    confirmed(application, aino)

    assert Message.objects.filter(topic="invitation").count() == 1


def test_a_stranger_who_typed_my_code_sends_no_invitation_in_my_name():
    sent(AINO, EINO, now=later(minutes=-5))
    own = sent(AINO)

    confirmed(own, arrived(AINO, sent_here=own))

    assert not Message.objects.filter(topic="invitation").exists()


def test_a_late_first_invitation_leaves_14_days_to_confirm():
    application = sent(AINO, EINO)
    before = application.confirm_by

    arrived(AINO, sent_here=application, now=later(days=25))

    application.refresh_from_db()
    assert last_day_before(application.confirm_by).isoformat() == "2027-01-04"
    assert application.confirm_by > before


def test_a_co_applicant_without_an_invitation_gets_no_message_when_another_leaves():
    named_by_a_stranger, own = sent(AINO, EINO, HILMA), sent(EINO)
    eino = joined(named_by_a_stranger, EINO)

    confirmed(own, eino, now=later(days=1))

    sent_messages = Message.objects.get(topic="confirmed_elsewhere")
    assert sent_messages.applicant_id == named_by_a_stranger.applicants.get(is_main=True).pk
