"""Repeated presses act once: versions, events and messages do not multiply."""

import pytest

from kanssa.accounts.models import User
from kanssa.applications.models import Application, ContactRecord, Version
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.usecases.confirmation.request_match import request_match
from kanssa.usecases.desk.serving.declare_conflict_of_interest import declare_conflict_of_interest
from kanssa.usecases.desk.serving.record_contact import record_contact
from kanssa.usecases.desk.serving.record_non_disclosure import record_non_disclosure
from kanssa.usecases.staff.change_roles import change_roles
from kanssa.usecases.staff.open_staff_account import open_staff_account
from kanssa.values.actor import SYSTEM
from kanssa.values.hetu import Hetu
from kanssa.values.refusal import Refusal
from kanssa.values.role import Role
from tests import actions
from tests.actions import CLERK, SUPERVISOR
from tests.cast import (
    AINO,
    EINO,
    OTSO,
    applicant_of,
    arrived,
    confirmed,
    edited,
    identified,
    joined,
    later,
    sent,
)
from tests.staff import member

pytestmark = pytest.mark.django_db

TIMES = 50


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def counted():
    """Count the rows that must not grow by pressing again; refusals are evidence of each press."""
    events = Event.objects.exclude(kind="refused").count()
    return Version.objects.count(), events, Message.objects.count(), Application.objects.count()


def pressed_again(press):
    """Press once, then many times; return the counts after the first and after the last."""
    press(0)
    once = counted()
    for number in range(1, TIMES):
        try:
            press(number)
        except Refusal:  # also an answer, as long as nothing changes
            continue
    return once, counted()


def at(number):
    return later(days=1, seconds=number)


def renews():
    application, aino, _eino = valid_of_two()
    return lambda number: actions.renewed(application, aino, now=at(number))


def lets_the_confirmation_end():
    application, _aino, eino = valid_of_two()
    return lambda number: actions.confirmation_withdrawn(
        application, eino, at_period_end=True, now=at(number)
    )


def takes_the_confirmation_back():
    application, _aino, eino = valid_of_two()
    return lambda number: actions.confirmation_withdrawn(application, eino, now=at(number))


def declines():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    return lambda number: actions.declined(application, eino, now=at(number))


def withdraws():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    return lambda number: actions.withdrawn(application, aino, now=at(number))


def withdraws_the_own_part_only():
    application, aino, _eino = valid_of_two()
    return lambda number: actions.withdrawn(application, aino, now=at(number))


def leaves():
    application, _aino, eino = valid_of_two()
    return lambda number: actions.left(application, eino, now=at(number))


def accepts_the_main_place():
    application, aino, eino = valid_of_two()
    actions.left(application, aino, now=later(hours=1))
    return lambda number: actions.accepted_main(application, eino, now=at(number))


def continues():
    application, aino, eino = valid_of_two()
    actions.left(application, eino, now=later(hours=1))
    return lambda number: actions.continued(application, aino, now=at(number))


def copies():
    application = sent(AINO)
    aino = arrived(AINO)
    actions.withdrawn(application, aino, now=later(hours=1))
    return lambda number: actions.copied(application, aino, now=at(number))


def copies_their_own_part():
    application, aino, eino = valid_of_two()
    edited(application, aino, actions.without(applicant_of(application, eino).pk), now=later(hours=1))
    confirmed(application, aino, now=later(hours=1))
    return lambda number: actions.own_part_copied(application, eino, now=at(number))


def edits_without_a_change():
    application, aino, _eino = valid_of_two()
    return lambda number: edited(application, aino, lambda content: content, now=at(number))


def discards():
    application, aino, _eino = valid_of_two()
    edited(application, aino, actions.household_change(700), now=later(hours=1))
    return lambda number: actions.discarded(application, aino, now=at(number))


def asks_for_a_match():
    sent(AINO)
    otso = identified(OTSO)
    return lambda number: request_match(identified=otso, sent_here=None, actor=otso.actor, now=at(number))


def resends():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    eino = application.applicants.get(is_main=False).pk
    return lambda number: actions.resent(application, eino, aino, now=at(number))


def protects():
    application, _aino, eino = valid_of_two()
    applicant = applicant_of(application, eino).pk
    return lambda number: record_non_disclosure(
        application_id=application.pk,
        applicant_id=applicant,
        is_protected=True,
        because="register",
        served=None,
        staff=CLERK,
        now=at(number),
    )


def records_a_contact():
    application = sent(AINO)
    return lambda number: record_contact(
        application_id=application.pk,
        channel="phone",
        outcome="closed",
        staff=CLERK,
        now=at(number),
    )


def declares_a_relative():
    open_staff_account(email="saga@example.com", name="Saga", roles=[Role.CLERK], actor=SYSTEM, now=later())
    return lambda number: declare_conflict_of_interest(
        hetu=Hetu(OTSO.hetu), relation="relative", staff=_known(), now=at(number)
    )


def changes_roles():
    open_staff_account(email="saga@example.com", name="Saga", roles=[Role.CLERK], actor=SYSTEM, now=later())
    return lambda number: change_roles(
        user_id=_known().user_id,
        roles=[Role.SUPERVISOR],
        staff=SUPERVISOR,
        now=at(number),
    )


def _known():
    return member(Role.CLERK, user_id=User.objects.get().pk)


@pytest.mark.parametrize(
    "does",
    [
        renews,
        lets_the_confirmation_end,
        takes_the_confirmation_back,
        declines,
        withdraws,
        withdraws_the_own_part_only,
        leaves,
        continues,
        accepts_the_main_place,
        copies,
        copies_their_own_part,
        edits_without_a_change,
        discards,
        asks_for_a_match,
        resends,
        protects,
        records_a_contact,
        declares_a_relative,
        changes_roles,
    ],
)
def test_fifty_presses_do_no_more_than_one(does):
    once, after_all = pressed_again(does())

    assert after_all == once


def test_a_renewal_on_another_day_starts_another_period():
    application, aino, _eino = valid_of_two()
    actions.renewed(application, aino, now=later(days=1))
    before = Version.objects.count()

    actions.renewed(application, aino, now=later(days=2))

    assert Version.objects.count() == before + 1


def test_two_telephone_calls_are_two_contacts():
    record = records_a_contact()
    record(0)

    record(61)

    assert ContactRecord.objects.count() == 2
