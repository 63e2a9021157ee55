"""Races, with real transactions on real connections."""

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
    NOW,
    SAGA,
    arrived,
    complete,
    completed,
    confirmed,
    drafted,
    identified,
    sent,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """Run the deeds in threads that wait for each other at the start; give what they gave."""
    start = Barrier(len(deeds))

    def run(action):
        start.wait()
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [done.result() for done in [threads.submit(run, action) for action in deeds]]


def test_200_confirmations_at_once_are_one_confirmation_one_valid_and_each_letter_once():
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
def test_of_two_applications_of_one_adult_becoming_valid_in_the_same_second_one_stands(_round):
    first, second = sent(AINO), sent(AINO)
    aino = arrived(AINO)

    at_once(lambda: confirmed(first, aino), lambda: confirmed(second, aino))

    states = sorted(Application.objects.values_list("state", flat=True))
    assert states == [State.REPLACED, State.VALID]
    assert Seat.objects.get().application.state == State.VALID


@pytest.mark.parametrize("_round", range(20))
def test_crossed_couples_becoming_valid_in_the_same_second_leave_nobody_in_two(_round):
    couples = [(AINO, EINO), (EINO, SAGA), (SAGA, AINO)]
    applications = [sent(*couple) for couple in couples]
    people = {role: arrived(role) for role in (AINO, EINO, SAGA)}
    for application, (_main, other) in zip(applications, couples, strict=True):
        completed(application, people[other])
    deeds = [
        lambda a=application, who=people[role]: confirmed(a, who)
        for application, couple in zip(applications, couples, strict=True)
        for role in couple
    ]

    at_once(*deeds)

    valid = Application.objects.filter(state=State.VALID)
    living = Confirmation.objects.filter(application__in=valid, ended_at__isnull=True)
    assert len(valid) == 1
    assert sorted(living.values_list("person_id", flat=True)) == sorted(
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


def test_what_was_locked_is_let_go_when_somebody_took_a_place_meanwhile(monkeypatch):
    application = sent(AINO)
    arrived(AINO)
    lock_people = locking._lock_people
    tries = []

    def somebody_missing_at_first(wanted, also):
        tries.append(wanted)
        if len(tries) == 2:
            at_once(lambda: lock_at_once(application.pk))
        return set() if len(tries) == 1 else lock_people(wanted, also)

    monkeypatch.setattr(locking, "_lock_people", somebody_missing_at_first)

    with transaction.atomic():
        found, _rivals = locking.locked_with_rivals(application.pk, now=NOW)

    assert found.application == application
    assert len(tries) == 2


def lock_at_once(application_id):
    """Lock an application, or fail where somebody else holds it."""
    with transaction.atomic():
        Application.objects.select_for_update(nowait=True).get(pk=application_id)
