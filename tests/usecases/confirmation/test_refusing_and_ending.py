from datetime import timedelta
from functools import partial

import pytest

from kanssa.accounts.staff_refusals import NotYourRole
from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Application, Confirmation, Seat
from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    ConfirmationEnded,
    ConfirmedAlready,
    InvitationRefused,
    NotAllowedNow,
    NothingConfirmed,
    NotIdentified,
    SomeoneElse,
    SomethingChanged,
    TooLateToCopy,
)
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.identification.models import Identification
from kanssa.identification.sessions import annul_identification
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.decline_application import decline_application
from kanssa.usecases.confirmation.withdraw_confirmation import withdraw_confirmation
from kanssa.usecases.drafts.copy_application import copy_application
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.usecases.lifecycle.renew_application import renew_application
from kanssa.usecases.lifecycle.report_lease import report_lease
from kanssa.usecases.lifecycle.withdraw_application import withdraw_application
from kanssa.usecases.supervision.annul_confirmation import annul_confirmation
from kanssa.values.actor import Actor
from kanssa.values.role import Role
from kanssa.worker.timers import run_timers
from tests.actions import accepted_main, annulled, departed, own_household
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)
from tests.staff import member

pytestmark = pytest.mark.django_db

SUPERVISOR = member(Role.SUPERVISOR)
CLERK = member(Role.CLERK)
PROGRAM = Actor("program")
LINK = Actor("link")


def valid_of_two(*, now=NOW):
    application = sent(AINO, EINO, now=now)
    aino = arrived(AINO, now=now)
    confirmed(application, aino, now=now)
    return application, aino, joined(application, EINO, now=now)


def recipients(topic):
    return sorted(
        read_contents(message)[0] for message in Message.objects.filter(topic=topic) if message.sealed
    )


def as_adult(application, who, *, now):
    return {
        "application_id": application.pk,
        "applicant_id": applicant_of(application, who).pk,
        "identified": who,
        "actor": who.actor,
        "now": now,
    }


def as_main(application, who, *, now=NOW):
    return {"application_id": application.pk, "identified": who, "actor": who.actor, "now": now}


def test_withdrawing_a_confirmation_makes_the_application_fall_back_with_a_new_period():
    application, _aino, eino = valid_of_two()

    withdraw_confirmation(**as_adult(application, eino, now=later(days=20)), at_period_end=False)

    loaded = loaded_application(application, now=later(days=20))
    assert loaded.state is State.SENT
    assert loaded.application.confirm_by > later(days=49)
    assert not Seat.objects.exists()
    assert recipients("fallen_back") == [AINO.email]


def test_a_withdrawn_confirmation_can_be_given_again_even_after_the_old_period():
    application, _aino, eino = valid_of_two()
    withdraw_confirmation(**as_adult(application, eino, now=later(days=80)), at_period_end=False)

    confirmed(application, eino, now=later(days=100))

    loaded = loaded_application(application, now=later(days=100))
    assert loaded.state is State.VALID
    assert loaded.application.valid_until > later(days=185)


def test_a_confirmation_that_ends_with_the_period_changes_nothing_before_its_end():
    application, _aino, eino = valid_of_two()

    withdraw_confirmation(**as_adult(application, eino, now=later(days=20)), at_period_end=True)

    assert loaded_application(application, now=later(days=20)).state is State.VALID
    assert loaded_application(application, now=later(days=100)).state is State.EXPIRED
    assert not recipients("fallen_back")


def test_ending_a_confirmation_with_a_past_period_loses_nothing():
    application, aino, eino = valid_of_two()
    withdraw_confirmation(**as_adult(application, aino, now=later(days=20)), at_period_end=False)

    with pytest.raises(SomethingChanged):
        withdraw_confirmation(**as_adult(application, eino, now=later(days=21)), at_period_end=True)

    assert Confirmation.objects.filter(person_id=eino.person_id, ended_at=None, ends_by__gt=later(days=100))


def test_a_confirmation_that_ends_with_the_period_is_not_extended_by_a_renewal():
    application, aino, eino = valid_of_two()
    withdraw_confirmation(**as_adult(application, eino, now=later(days=20)), at_period_end=True)

    renew_application(**as_main(application, aino, now=later(days=60)))

    assert loaded_application(application, now=later(days=85)).state is State.VALID
    assert loaded_application(application, now=later(days=100)).state is State.SENT


def test_an_adult_without_a_confirmation_withdraws_none():
    application = sent(AINO, EINO)

    with pytest.raises(NothingConfirmed):
        withdraw_confirmation(**as_adult(application, arrived(EINO), now=NOW), at_period_end=False)


def test_declining_stops_reminders_and_notifies_no_other_person():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    eino = arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    before = Message.objects.count()

    decline_application(**as_adult(application, eino, now=later(hours=1)))

    assert Message.objects.count() == before
    run_timers(now=later(days=4))
    assert recipients("reminder") == [AINO.email, EINO.email]  # as Aino typed it, where she may read


def test_an_adult_who_declined_may_confirm_later():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    decline_application(**as_adult(application, eino, now=NOW))

    completed(application, eino)
    confirmed(application, eino)

    assert applicant_of(application, eino).declined_at is None


def test_an_adult_who_has_confirmed_cannot_decline():
    application, _aino, eino = valid_of_two()

    with pytest.raises(ConfirmedAlready):
        decline_application(**as_adult(application, eino, now=NOW))


def test_not_for_me_stops_mail_to_the_address_until_it_is_corrected():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    [invitation] = Message.objects.filter(topic="invitation")
    token = read_contents(invitation)[1]["token"]
    eino = next(
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    )

    refuse_invitation(token=token, actor=LINK, now=later(hours=1))

    invitation.refresh_from_db()
    assert invitation.failure == "not-for-me"
    run_timers(now=later(days=4))
    assert recipients("reminder") == [AINO.email]
    with pytest.raises(InvitationRefused):
        refuse_invitation(token=token, actor=LINK, now=later(hours=2))
    edited(application, aino, lambda c: c.with_adult(eino, {"email": "right@example.com"}), now=later(days=5))
    assert recipients("invitation") == ["right@example.com"]


def test_the_sending_browser_withdraws_before_any_identification():
    application = sent(AINO, EINO)

    withdraw_application(application_id=application.pk, identified=None, actor=BROWSER, now=later(days=1))

    assert loaded_application(application, now=later(days=1)).state is State.WITHDRAWN
    assert not recipients("withdrawn")


@pytest.mark.parametrize(
    "comes", [lambda _sent: arrived(AINO), lambda application: joined(application, EINO)]
)
def test_a_browser_alone_withdraws_nothing_once_the_sender_identified_or_another_confirmed(comes):
    application = sent(AINO, EINO)
    comes(application)

    with pytest.raises(NotIdentified):
        withdraw_application(application_id=application.pk, identified=None, actor=BROWSER, now=NOW)


def test_a_co_applicant_cannot_withdraw_the_application():
    application = sent(AINO, EINO)
    eino = arrived(EINO)

    with pytest.raises(SomeoneElse):
        withdraw_application(**as_main(application, eino))


def test_withdrawn_from_under_an_adult_who_confirmed_only_the_withdrawers_part_ends():
    application, aino, eino = valid_of_two()

    assert not withdraw_application(**as_main(application, aino, now=later(days=1)))

    loaded = loaded_application(application, now=later(days=1))
    assert loaded.state is State.SENT
    assert loaded.active_confirmations_of(applicant_of(application, eino).pk)
    assert not loaded.active_confirmations_of(applicant_of(application, aino).pk)
    assert recipients("left") == [EINO.email]
    assert not recipients("withdrawn")


def test_a_valid_application_is_not_withdrawn_from_under_the_others_by_a_waiting_change():
    application, aino, _eino = valid_of_two()
    edited(application, aino, lambda c: c.with_section("home", {"cost": 800}), now=later(hours=1))

    withdraw_application(**as_main(application, aino, now=later(days=1)))

    assert loaded_application(application, now=later(days=1)).state is State.SENT


def test_what_withdrawing_does_never_shows_that_an_earlier_confirmation_was_taken_back():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    eino = joined(application, EINO)
    edited(application, aino, lambda c: c.with_section("home", {"cost": 800}), now=later(hours=1))
    before = queries.status(application.pk, identified=aino, now=later(hours=3))

    withdraw_confirmation(**as_adult(application, eino, now=later(hours=2)), at_period_end=False)

    assert queries.status(application.pk, identified=aino, now=later(hours=3)) == before


def test_a_withdrawal_that_would_do_other_than_the_page_said_is_refused():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    joined(application, EINO)

    with pytest.raises(SomethingChanged):
        withdraw_application(**as_main(application, aino), expects_end=True)

    assert loaded_application(application).state is State.SENT
    assert applicant_of(application, aino).left_at is None


def test_withdrawing_an_application_notifies_its_adults_and_releases_them():
    application, aino, eino = valid_of_two()
    withdraw_confirmation(**as_adult(application, eino, now=later(hours=1)), at_period_end=False)

    assert withdraw_application(**as_main(application, aino, now=later(days=1)))

    assert recipients("withdrawn") == [EINO.email]
    assert not Seat.objects.exists()
    with pytest.raises(NotAllowedNow):
        renew_application(**as_main(application, aino, now=later(days=2)))


def test_a_signed_lease_ends_only_a_valid_application():
    application, _aino, _eino = valid_of_two()
    waiting = sent(HILMA)

    report_lease(application_id=application.pk, actor=PROGRAM, now=later(days=1))
    with pytest.raises(NotAllowedNow):
        report_lease(application_id=waiting.pk, actor=PROGRAM, now=later(days=1))

    assert loaded_application(application, now=later(days=1)).state is State.HOUSED


def test_when_the_main_applicant_is_valid_elsewhere_another_adult_continues_after_accepting():
    application, aino, eino = valid_of_two()
    own = sent(AINO, now=later(days=1))

    confirmed(own, arrived(AINO, now=later(days=1)), now=later(days=1))

    loaded = loaded_application(application, now=later(days=1))
    assert loaded.state is State.SENT
    assert loaded.main_applicant == applicant_of(application, aino)
    assert recipients("main_offered") == [EINO.email]
    accepted_main(application, eino, now=later(days=2))
    former = applicant_of(application, aino).pk
    edited(application, eino, lambda c: own_household(c.without_adult(former)), now=later(days=2))
    confirmed(application, eino, now=later(days=2))
    assert loaded_application(application, now=later(days=2)).state is State.VALID


def test_annulling_a_confirmation_restores_the_ones_it_ended():
    former, aino, _eino = valid_of_two()
    forged_application = sent(AINO, now=later(days=1))
    forged = confirmed(forged_application, arrived(AINO, now=later(days=1)), now=later(days=1))

    annulled(forged, now=later(days=2))

    loaded = loaded_application(former, now=later(days=2))
    assert loaded.state is State.VALID
    assert loaded.main_applicant == applicant_of(former, aino)
    assert loaded_application(forged_application, now=later(days=2)).state is State.SENT
    assert set(Seat.objects.values_list("application_id", flat=True)) == {former.pk}


def test_a_confirmation_of_an_annulled_identification_is_not_restored():
    former, aino, _eino = valid_of_two()
    elsewhere = sent(AINO, now=later(days=1))
    forged = confirmed(elsewhere, arrived(AINO, now=later(days=1)), now=later(days=1))
    annul_identification(Identification.objects.get(pk=aino.id), has_account=False, now=later(days=2))

    annulled(forged, now=later(days=2))

    assert loaded_application(former, now=later(days=2)).state is State.SENT


def test_an_annulment_revives_an_application_that_was_replaced():
    former = sent(AINO)
    confirmed(former, arrived(AINO))
    newer = sent(AINO, now=later(days=1))
    forged = confirmed(newer, arrived(AINO, now=later(days=1)), now=later(days=1))
    assert loaded_application(former, now=later(days=1)).state is State.REPLACED

    annulled(forged, now=later(days=2))

    assert loaded_application(former, now=later(days=2)).state is State.VALID


def test_an_application_without_time_left_is_not_revived():
    former = sent(AINO)
    confirmed(former, arrived(AINO))
    newer = sent(AINO, now=later(days=1))
    forged = confirmed(newer, arrived(AINO, now=later(days=1)), now=later(days=1))
    renew_application(**as_main(newer, arrived(AINO, now=later(days=80)), now=later(days=80)))

    annulled(forged, now=later(days=150))

    assert loaded_application(former, now=later(days=150)).state is State.REPLACED


def test_only_a_supervisor_annuls_and_only_once():
    application = sent(AINO)
    given = confirmed(application, arrived(AINO))
    annul = partial(
        annul_confirmation, confirmation_id=given, grounds="mistaken", words="A mistake.", now=later(days=1)
    )

    with pytest.raises(NotYourRole):
        annul(staff=CLERK)
    annul(staff=SUPERVISOR)
    with pytest.raises(ConfirmationEnded):
        annul(staff=SUPERVISOR)

    assert Event.objects.filter(kind="confirmation-annulled").count() == 1


def test_a_dead_adult_is_not_counted_from_the_next_version():
    application, aino, eino = valid_of_two()

    departed(application, applicant_of(application, eino).pk, now=later(days=1))

    assert loaded_application(application, now=later(days=1)).state is State.VALID
    edited(application, aino, lambda c: c.with_section("wishes", {"highest_rent": 950}), now=later(days=2))
    assert len(loaded_application(application, now=later(days=2)).current.digests) == 1


def test_when_the_main_applicant_dies_another_adult_who_accepts_the_place_goes_on():
    application, aino, eino = valid_of_two()

    departed(application, applicant_of(application, aino).pk, now=later(days=1))

    assert not applicant_of(application, eino).is_main
    accepted_main(application, eino, now=later(days=2))
    edited(application, eino, own_household, now=later(days=2))
    assert list(loaded_application(application, now=later(days=2)).current.digests) == [
        applicant_of(application, eino).pk
    ]


def test_a_copy_holds_ones_own_answers_and_only_the_names_of_others():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    run_timers(now=later(days=50))
    assert loaded_application(application, now=later(days=50)).state is State.LAPSED

    copied = copy_application(**as_main(application, aino, now=later(days=51)))

    draft = draft_content_of(Application.objects.get(pk=copied))
    assert draft.adults[draft.main_applicant_id]["gross_income"] == 2350
    assert [set(draft.adults[key]) for key in draft.co_applicant_ids] == [{"last_name", "first_names"}]
    assert not draft.application.get("facts_are_true")


def test_an_application_cannot_be_copied_after_thirty_days():
    application = sent(AINO)
    aino = arrived(AINO)
    ended = loaded_application(application, now=later(days=50)).application.ended_at

    copy_application(**as_main(application, aino, now=ended + timedelta(days=30)))
    with pytest.raises(TooLateToCopy):
        copy_application(**as_main(application, aino, now=ended + timedelta(days=30, seconds=1)))


def test_an_active_application_cannot_be_copied():
    application = sent(AINO)

    with pytest.raises(NotAllowedNow):
        copy_application(**as_main(application, arrived(AINO)))
