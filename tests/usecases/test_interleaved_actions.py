"""What happens when the deeds of several people, and the clock, cross."""

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
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    copied,
    departed,
    household_change,
    light_change,
    link_of,
    not_for_me,
    renewed,
    with_adult,
    with_resident,
    withdrawn,
    without,
)
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    NOW,
    OTSO,
    SAGA,
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
    """Aino's application with Eino, confirmed by both."""
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def valid_alone(role, *, now):
    """An application of their own, which they confirm; gives the confirmation."""
    application = sent(role, now=now)
    return application, confirmed(application, arrived(role, now=now), now=now)


def test_a_copy_can_be_sent_and_leaves_the_application_that_it_was_made_from_whole():
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


def test_a_clock_that_comes_months_late_takes_each_turn_that_the_table_names():
    application, aino, _eino = valid_together()
    until = loaded_application(application).application.valid_until
    edited(application, aino, household_change(7), now=until - timedelta(days=3))

    clock_advanced(application, until + timedelta(days=60))

    assert state_of(application) == State.LAPSED
    assert list(Message.objects.filter(topic__in=["fallen_back", "lapsed"]).values_list("topic")) == [
        ("lapsed",),
        ("lapsed",),
    ]


def test_whoever_confirmed_anew_is_not_taken_for_lost_when_the_other_leaves_too():
    application, aino, eino = valid_together()
    valid_alone(AINO, now=later(days=1))
    edited(application, eino, household_change(7), now=later(days=2))
    confirmed(application, aino, now=later(days=3))

    valid_alone(EINO, now=later(days=4))

    assert state_of(application) == State.SENT
    assert loaded_application(application, now=later(days=4)).confirmation_of(
        applicant_of(application, aino).pk
    )


def test_a_renewal_by_the_heir_of_a_dead_main_applicant_leaves_the_dead_out():
    application, aino, eino = valid_together()
    departed(application, applicant_of(application, aino).pk)

    renewed(application, eino, now=later(days=1))

    assert list(loaded_application(application).current.content.adults) == [
        applicant_of(application, eino).pk
    ]
    assert not Message.objects.filter(topic="removed").exists()


def test_a_main_applicant_who_died_before_identifying_is_followed_by_who_identified():
    application = sent(AINO, EINO)
    eino = arrived(EINO)

    departed(application, application.applicants.get(is_main=True).pk)

    assert applicant_of(application, eino).is_main


def test_where_nobody_else_was_known_the_first_to_identify_becomes_main_applicant():
    application = sent(AINO, EINO, SAGA)
    confirmed(application, arrived(AINO, sent_here=application))
    valid_alone(AINO, now=later(days=1))

    eino, saga = arrived(EINO, now=later(days=2)), arrived(SAGA, now=later(days=3))

    assert applicant_of(application, eino).is_main
    assert not applicant_of(application, saga).is_main
    assert Message.objects.get(topic="now_main").applicant_id == applicant_of(application, eino).pk


def test_a_new_main_applicant_whom_a_waiting_change_left_out_goes_on_without_that_change():
    application, aino, eino = valid_together()
    edited(application, aino, without(applicant_of(application, eino).pk))

    valid_alone(AINO, now=later(days=1))

    assert applicant_of(application, eino).is_main
    edited(application, eino, without(applicant_of(application, aino).pk), now=later(days=2))
    confirmed(application, eino, now=later(days=2))
    assert state_of(application) == State.VALID


def test_what_the_former_main_applicant_was_editing_is_never_the_new_ones_to_read():
    application, aino, eino = valid_together()
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=NOW)

    _own, confirmation = valid_alone(AINO, now=later(days=1))

    assert loaded_application(application, now=later(days=1)).application.draft is None
    start_edit(application_id=application.pk, identified=eino, actor=eino.actor, now=later(days=1))
    shown = queries.draft_of(application.pk, identified=eino, now=later(days=1)).content
    assert shown.adults[applicant_of(application, aino).pk].keys() == {"last_name", "first_names"}
    annulled(confirmation, now=later(days=2))
    assert applicant_of(application, aino).is_main
    assert loaded_application(application, now=later(days=2)).application.draft is None


def test_one_who_is_left_out_and_named_again_stands_in_their_own_place():
    application, aino, eino = valid_together()
    applicant = applicant_of(application, eino).pk
    edited(application, aino, without(applicant))

    edited(application, aino, with_adult(EINO), now=later(minutes=1))
    arrived(EINO, now=later(hours=1))

    assert applicant in loaded_application(application).current.digests
    assert application.applicants.count() == 2


def test_a_change_that_lapsed_while_no_timer_ran_can_be_looked_at():
    application, aino, _eino = valid_together()
    edited(application, aino, with_adult(SAGA))
    saga = arrived(SAGA)
    end = loaded_application(application).application.confirm_by

    assert queries.status(application.pk, identified=aino, now=end).others
    assert queries.applications_of(saga, now=end) == []


def test_not_for_me_on_a_link_of_a_change_that_has_lapsed_says_that_the_link_is_spent():
    application, aino, _eino = valid_together()
    saga = UUID(int=3)
    edited(application, aino, with_adult(SAGA, saga))

    with pytest.raises(InvitationSpent):
        not_for_me(link_of(saga), now=loaded_application(application).application.confirm_by)


def test_a_deed_between_a_reminders_time_and_the_timer_loses_no_reminder():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    due = loaded_application(application).application.due_at

    edited(application, aino, light_change(7), now=due + timedelta(seconds=30))

    application.refresh_from_db()
    assert application.due_at == due


def test_an_adult_who_identifies_late_is_not_reminded_of_days_that_were_before():
    application = sent(AINO, EINO)
    eino = arrived(EINO, now=later(days=10))

    clock_advanced(application, later(days=10, hours=1))

    reminded = Message.objects.filter(topic="reminder").values_list("applicant_id", flat=True)
    assert applicant_of(application, eino).pk not in reminded


def test_falling_back_is_told_though_a_confirmation_was_let_end_with_the_period():
    application, aino, eino = valid_together()
    until = loaded_application(application).application.valid_until
    confirmation_withdrawn(application, eino, at_period_end=True)
    edited(application, aino, household_change(7), now=until - timedelta(days=3))

    clock_advanced(application, until + timedelta(hours=1))

    assert state_of(application) == State.SENT
    assert Message.objects.filter(topic="fallen_back").count() == 2


def test_what_an_annulment_revives_late_gets_time_to_confirm():
    application, _aino, _eino = valid_together()
    _own, forged = valid_alone(AINO, now=later(days=1))
    other, _confirmation = valid_alone(EINO, now=later(days=1))
    assert state_of(application) == State.REPLACED
    withdrawn(other, arrived(EINO, now=later(days=2)), now=later(days=2))

    annulled(forged, now=later(days=60))

    assert state_of(application) == State.SENT
    assert application.confirm_by > later(days=89)


def test_what_is_over_cannot_be_confirmed_even_by_who_had():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    withdrawn(application, aino)

    with pytest.raises(NotAllowedNow):
        confirmed(application, aino)


def test_a_resident_named_weeks_before_coming_of_age_is_told_of_the_next_morning_and_once():
    application, aino, _eino = valid_together()
    clock_advanced(application, later(days=5))
    edited(application, aino, with_resident("2008-12-20"), now=later(days=10))

    clock_advanced(application, later(days=11))
    edited(application, aino, light_change(8), now=later(days=12))
    clock_advanced(application, later(days=13))

    assert Message.objects.filter(topic="coming_of_age").count() == 1


def test_who_had_a_place_and_a_stranger_alike_fill_one_place_at_most():
    application, aino, _eino = valid_together()
    edited(application, aino, with_adult(OTSO))
    otso = arrived(OTSO)
    completed(application, otso)

    arrived(OTSO, now=later(days=1))

    assert application.applicants.filter(person_id=otso.person_id).count() == 1
