"""Crossing actions of several people and the clock."""

from datetime import timedelta
from uuid import UUID

import pytest

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.reading import queries
from kanssa.applications.refusals import InvitationSpent, NotAllowedNow
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from tests.actions import (
    accepted_main,
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    copied,
    departed,
    household_change,
    light_change,
    link_of,
    not_for_me,
    own_household,
    with_adult,
    with_resident,
    withdrawn,
    without,
)
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    OTSO,
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

pytestmark = pytest.mark.django_db


def state_of(application):
    application.refresh_from_db()
    return application.state


def valid_together():
    """Send Aino's application with Eino, confirmed by both."""
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def valid_alone(role, *, now):
    """Send and confirm an application of this person alone; return also the confirmation."""
    application = sent(role, now=now)
    return application, confirmed(application, arrived(role, now=now), now=now)


def test_a_copy_can_be_sent_and_leaves_the_original_unchanged():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    withdrawn(application, aino)
    before = applicant_of(application, aino)
    draft = copied(application, aino)
    assured = {"facts_are_true": True, "will_keep_current": True}

    save_draft(
        application_id=draft,
        change=lambda content: content.with_adult(content.co_applicant_ids[0], EINO.named).with_section(
            "application", assured
        ),
        seen_revision=0,
        actor=BROWSER,
        now=NOW,
    )
    send_application(application_id=draft, actor=BROWSER, now=NOW)

    assert applicant_of(application, aino) == before
    assert before.pk not in LoadedApplication.of(draft, now=NOW).applicants


def test_a_clock_that_comes_months_late_makes_each_transition_of_the_table():
    application, aino, _eino = valid_together()
    until = loaded_application(application).application.valid_until
    edited(application, aino, household_change(7), now=until - timedelta(days=3))

    clock_advanced(application, until + timedelta(days=60))

    assert state_of(application) == State.LAPSED
    assert list(Message.objects.filter(topic__in=["fallen_back", "lapsed"]).values_list("topic")) == [
        ("lapsed",),
        ("lapsed",),
    ]


def test_an_adult_who_confirmed_again_still_counts_when_the_other_leaves_too():
    application, aino, eino = valid_together()
    valid_alone(AINO, now=later(days=1))
    accepted_main(application, eino, now=later(days=1))
    edited(application, eino, lambda c: own_household(household_change(7)(c)), now=later(days=2))
    confirmed(application, aino, now=later(days=3))

    valid_alone(EINO, now=later(days=4))

    assert state_of(application) == State.SENT
    assert loaded_application(application, now=later(days=4)).confirmation_of(
        applicant_of(application, aino).pk
    )


def test_an_edit_by_the_successor_of_a_dead_main_applicant_removes_the_dead():
    application, aino, eino = valid_together()
    departed(application, applicant_of(application, aino).pk)
    accepted_main(application, eino, now=later(hours=1))

    edited(application, eino, own_household, now=later(days=1))

    assert list(loaded_application(application).current.content.adults) == [
        applicant_of(application, eino).pk
    ]
    assert not Message.objects.filter(topic="removed").exists()


def test_the_place_of_a_main_applicant_who_died_before_identifying_is_offered_too():
    application = sent(AINO, EINO)
    eino = arrived(EINO)

    departed(application, application.applicants.get(is_main=True).pk)

    assert not applicant_of(application, eino).is_main
    accepted_main(application, eino)
    assert applicant_of(application, eino).is_main


def test_with_no_other_identified_adult_the_place_is_offered_to_those_who_identify():
    application = sent(AINO, EINO, HILMA)
    confirmed(application, arrived(AINO, sent_here=application))
    valid_alone(AINO, now=later(days=1))

    eino, hilma = arrived(EINO, now=later(days=2)), arrived(HILMA, now=later(days=3))

    assert not applicant_of(application, eino).is_main
    accepted_main(application, hilma, now=later(days=3))
    assert applicant_of(application, hilma).is_main
    assert Message.objects.get(topic="now_main").applicant_id == applicant_of(application, hilma).pk


def test_a_new_main_applicant_removed_by_a_waiting_change_goes_on_without_that_change():
    application, aino, eino = valid_together()
    edited(application, aino, without(applicant_of(application, eino).pk))

    valid_alone(AINO, now=later(days=1))

    accepted_main(application, eino, now=later(days=1))
    former = applicant_of(application, aino).pk
    edited(application, eino, lambda c: own_household(c.without_adult(former)), now=later(days=2))
    confirmed(application, eino, now=later(days=2))
    assert state_of(application) == State.VALID


def test_a_new_main_applicant_never_reads_the_former_ones_edit():
    application, aino, eino = valid_together()
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=NOW)

    valid_alone(AINO, now=later(days=1))
    accepted_main(application, eino, now=later(days=1))

    assert loaded_application(application, now=later(days=1)).application.draft is None
    start_edit(application_id=application.pk, identified=eino, actor=eino.actor, now=later(days=1))
    shown = queries.draft_of(application.pk, identified=eino, now=later(days=1)).content
    assert shown.adults[applicant_of(application, aino).pk].keys() == {"last_name", "first_names"}


def test_an_adult_removed_and_named_again_keeps_their_own_row():
    application, aino, eino = valid_together()
    applicant = applicant_of(application, eino).pk
    edited(application, aino, without(applicant))

    edited(application, aino, with_adult(EINO), now=later(minutes=1))
    arrived(EINO, now=later(hours=1))

    assert applicant in loaded_application(application).current.digests
    assert application.applicants.count() == 2


def test_a_change_that_lapsed_while_no_timer_ran_can_be_viewed():
    application, aino, _eino = valid_together()
    edited(application, aino, with_adult(HILMA))
    hilma = arrived(HILMA)
    end = loaded_application(application).application.confirm_by

    assert queries.status(application.pk, identified=aino, now=end).others
    assert queries.applications_of(hilma, now=end) == []


def test_not_for_me_on_a_link_of_a_lapsed_change_says_that_the_link_is_spent():
    application, aino, _eino = valid_together()
    hilma = UUID(int=3)
    edited(application, aino, with_adult(HILMA, hilma))

    with pytest.raises(InvitationSpent):
        not_for_me(link_of(hilma), now=loaded_application(application).application.confirm_by)


def test_an_action_between_a_reminders_time_and_the_timer_loses_no_reminder():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    due = loaded_application(application).application.due_at

    edited(application, aino, light_change(7), now=due + timedelta(seconds=30))

    application.refresh_from_db()
    assert application.due_at == due


def test_an_adult_who_identifies_late_gets_no_reminders_of_earlier_days():
    application = sent(AINO, EINO)
    eino = arrived(EINO, now=later(days=10))

    clock_advanced(application, later(days=10, hours=1))

    reminded = Message.objects.filter(topic="reminder").values_list("applicant_id", flat=True)
    assert applicant_of(application, eino).pk not in reminded


def test_falling_back_is_announced_although_a_confirmation_ended_with_the_period():
    application, aino, eino = valid_together()
    until = loaded_application(application).application.valid_until
    confirmation_withdrawn(application, eino, at_period_end=True)
    edited(application, aino, household_change(7), now=until - timedelta(days=3))

    clock_advanced(application, until + timedelta(hours=1))

    assert state_of(application) == State.SENT
    assert Message.objects.filter(topic="fallen_back").count() == 2


def test_an_application_revived_late_gets_time_to_confirm():
    application, _aino, _eino = valid_together()
    _own, forged = valid_alone(AINO, now=later(days=1))
    other, _confirmation = valid_alone(EINO, now=later(days=1))
    assert state_of(application) == State.REPLACED
    withdrawn(other, arrived(EINO, now=later(days=2)), now=later(days=2))

    annulled(forged, now=later(days=60))

    assert state_of(application) == State.SENT
    assert application.confirm_by > later(days=89)


def test_an_ended_application_cannot_be_confirmed_again():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    withdrawn(application, aino)

    with pytest.raises(NotAllowedNow):
        confirmed(application, aino)


def test_a_resident_named_weeks_before_coming_of_age_is_announced_once_the_next_morning():
    application, aino, _eino = valid_together()
    clock_advanced(application, later(days=5))
    edited(application, aino, with_resident("2008-12-20"), now=later(days=10))

    clock_advanced(application, later(days=11))
    edited(application, aino, light_change(8), now=later(days=12))
    clock_advanced(application, later(days=13))

    assert Message.objects.filter(topic="coming_of_age").count() == 1


def test_a_person_named_by_code_claims_one_applicant_row_at_most():
    application, aino, _eino = valid_together()
    edited(application, aino, with_adult(OTSO))
    otso = arrived(OTSO)
    completed(application, otso)

    arrived(OTSO, now=later(days=1))

    assert application.applicants.filter(person_id=otso.person_id).count() == 1
