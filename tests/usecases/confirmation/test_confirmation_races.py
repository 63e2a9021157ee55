"""Races of confirmations, with real transactions on real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from kanssa.applications.models import Application, Confirmation, Seat
from kanssa.applications.states import State
from kanssa.applications.transitions import locking
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.drafts.send_application import send_application
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    arrived,
    complete,
    completed,
    confirmed,
    drafted,
    identified,
    sent,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions):
    """Run the actions in threads that start together; return their results."""
    start = Barrier(len(actions))

    def run(action):
        start.wait()
        try:
            return action()
        finally:
            # An open connection of a thread would keep the test database from being emptied or dropped.
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return [done.result() for done in [threads.submit(run, action) for action in actions]]


def test_200_confirmations_at_once_are_one_confirmation_and_one_of_each_message():
    application = sent(AINO)
    aino = arrived(AINO)

    given = at_once(*[lambda: confirmed(application, aino)] * 200)

    assert len(set(given)) == 1
    assert Confirmation.objects.count() == 1
    assert Event.objects.filter(kind="confirmed").count() == 1
    assert Event.objects.filter(kind="became-valid").count() == 1
    assert Message.objects.filter(topic="all_confirmed").count() == 1
    application.refresh_from_db()
    assert application.state == State.VALID


@pytest.mark.parametrize("_round", range(20))
def test_two_adults_confirming_in_the_same_second_leave_the_application_valid(_round):
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)
    completed(application, eino)

    at_once(lambda: confirmed(application, aino), lambda: confirmed(application, eino))

    application.refresh_from_db()
    assert application.state == State.VALID
    assert Message.objects.filter(topic="all_confirmed").count() == 2


@pytest.mark.parametrize("_round", range(20))
def test_one_of_two_applications_of_an_adult_that_become_valid_at_once_stays_valid(_round):
    first, second = sent(AINO), sent(AINO)
    aino = arrived(AINO)

    at_once(lambda: confirmed(first, aino), lambda: confirmed(second, aino))

    states = sorted(Application.objects.values_list("state", flat=True))
    assert states == [State.REPLACED, State.VALID]
    assert Seat.objects.get().application.state == State.VALID


@pytest.mark.parametrize("_round", range(20))
def test_crossed_couples_that_become_valid_at_once_leave_no_person_in_two(_round):
    couples = [(AINO, EINO), (EINO, HILMA), (HILMA, AINO)]
    applications = [sent(*couple) for couple in couples]
    people = {role: arrived(role) for role in (AINO, EINO, HILMA)}
    for application, (_main, other) in zip(applications, couples, strict=True):
        completed(application, people[other])
    actions = [
        lambda a=application, who=people[role]: confirmed(a, who)
        for application, couple in zip(applications, couples, strict=True)
        for role in couple
    ]

    at_once(*actions)

    valid = Application.objects.filter(state=State.VALID)
    active = Confirmation.objects.filter(application__in=valid, ended_at__isnull=True)
    assert len(valid) == 1
    assert sorted(active.values_list("person_id", flat=True)) == sorted(
        Seat.objects.values_list("person_id", flat=True)
    )


def test_a_draft_sent_from_two_tabs_at_once_is_one_application():
    application_id = drafted(complete(AINO, EINO))

    references = at_once(
        *[lambda: send_application(application_id=application_id, actor=BROWSER, now=NOW)] * 8
    )

    assert len(set(references)) == 1
    assert Message.objects.filter(topic="received").count() == 1
    assert Application.objects.get().versions.count() == 1


def test_a_main_applicant_who_identifies_twice_at_once_invites_once():
    here = sent(AINO, EINO).pk
    aino = identified(AINO)

    at_once(*[lambda: claim_applicants(identified=aino, sent_here=here, actor=aino.actor, now=NOW)] * 8)

    assert Message.objects.filter(topic="invitation").count() == 1


def test_locks_are_released_when_an_applicant_row_was_claimed_meanwhile(monkeypatch):
    application = sent(AINO)
    arrived(AINO)
    lock_people = locking._lock_people
    attempts = []

    def person_missing_at_first(wanted, also):
        attempts.append(wanted)
        # By the second attempt the locks of the first must be gone.
        if len(attempts) == 2:
            at_once(lambda: lock_at_once(application.pk))
        return set() if len(attempts) == 1 else lock_people(wanted, also)

    monkeypatch.setattr(locking, "_lock_people", person_missing_at_first)

    with transaction.atomic():
        found, _rivals = locking.locked_with_rivals(application.pk, now=NOW)

    assert found.application == application
    assert len(attempts) == 2


def lock_at_once(application_id):
    """Lock an application, or fail where another transaction holds it."""
    with transaction.atomic():
        Application.objects.select_for_update(nowait=True).get(pk=application_id)
