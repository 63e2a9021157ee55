"""Edits against confirmations, and other actions that meet: real transactions on real connections.

A little work before one of two actions varies which of them starts first.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.models import Application, Confirmation, Seat
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.usecases.confirmation.confirm_application import confirm_application
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.lifecycle.edit_application import edit_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.values.refusal import Refusal
from kanssa.worker.timers import run_timers
from tests.actions import (
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    corrected,
    discarded,
    household_change,
    light_change,
)
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    later,
    loaded_application,
    sent,
)
from tests.usecases.desk.documents.test_identify_in_person import checked, clerk

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, ROUNDS_OF_A_COUPLE = 40, 20


def against(*actions, lead=0):
    """Run the actions at once, one of them after a little work; return each result or refusal."""
    start = Barrier(len(actions))

    def run(action, work):
        start.wait()
        for _round in range(work):
            hashlib.sha256(b"x" * 4096).digest()
        try:
            return action()
        except Refusal as refusal:
            return refusal
        finally:
            # An open connection of a thread would keep the test database from being emptied or dropped.
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        works = [abs(lead) if (lead > 0) == (applicant == 0) else 0 for applicant in range(len(actions))]
        return [
            done.result()
            for done in [threads.submit(run, *each) for each in zip(actions, works, strict=True)]
        ]


def leads(rounds):
    """Vary which action starts first, and by how much."""
    return [(number * 37 % 101 - 50) * 40 for number in range(rounds)]


def confirms(application, who, seen, *, now=NOW):
    """Prepare to confirm a version that was read before the others began."""
    applicant = applicant_of(application, who).pk
    return lambda: confirm_application(
        application_id=application.pk,
        applicant_id=applicant,
        version_id=seen.version.pk,
        identified=who,
        actor=who.actor,
        now=now,
    )


def saving(application, who, change):
    """Edit, and return the saving as the only step left."""
    ids = {"application_id": application.pk, "identified": who, "actor": who.actor, "now": NOW}
    start_edit(**ids)
    save_draft(**ids, change=change, seen_revision=10**6)
    return lambda: edit_application(**ids)


def couple():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)
    completed(application, eino)
    return application, aino, eino


def valid_couple():
    application, aino, eino = couple()
    confirmed(application, aino)
    confirmed(application, eino)
    return application, aino, eino


def assert_nothing_unseen(application):
    """Check that each confirmation has its version's digest, and that the stored state matches the rows."""
    for each in Confirmation.objects.filter(application=application):
        assert bytes(each.digest) == VersionView.read(each.version).digests[each.applicant_id]
    application.refresh_from_db()
    loaded = LoadedApplication.of(application.pk, now=later(minutes=1))
    assert loaded.state == application.state
    if loaded.state is State.VALID and not loaded.has_waiting_version:
        assert loaded.is_confirmed_by_all


def edit_meets_confirm(rounds):
    """Let the partner confirm a version that she saw while the main applicant edits; return the outcomes."""
    ways, came_out = leads(rounds), set()
    for start in range(0, rounds, ROUNDS_OF_A_COUPLE):
        application, aino, eino = couple()
        confirmed(application, aino)
        for number, lead in enumerate(ways[start : start + ROUNDS_OF_A_COUPLE], start=start + 1):
            came_out.add(edit_meets_one_confirm(application, aino, eino, number=number, lead=lead))
        assert_nothing_unseen(application)
        withdraw_all(application)
    return came_out


def edit_meets_one_confirm(application, aino, eino, *, number, lead):
    seen = loaded_application(application).current
    kind, change = ("material", household_change) if number % 4 else ("light", light_change)

    edit, confirming = against(
        saving(application, aino, change(number)), confirms(application, eino, seen), lead=lead
    )

    assert not isinstance(edit, Refusal)
    if isinstance(confirming, Refusal):
        assert confirming.code == "something-changed"
    else:
        confirmation = Confirmation.objects.select_related("version").get(pk=confirming)
        assert bytes(confirmation.digest) == seen.digests[confirmation.applicant_id]
        assert (
            bytes(confirmation.digest)
            == VersionView.read(confirmation.version).digests[confirmation.applicant_id]
        )
    if loaded_application(application).confirmation_of(applicant_of(application, eino).pk):
        confirmation_withdrawn(application, eino)
    return kind, "refused" if isinstance(confirming, Refusal) else "confirmed"


def test_a_confirmation_that_meets_an_edit_binds_only_what_was_seen():
    assert {("material", "refused"), ("light", "confirmed")} <= edit_meets_confirm(ROUNDS)


def test_two_edits_at_once_are_two_versions_and_the_later_one_is_current():
    application, aino, _eino = valid_couple()

    for number, lead in enumerate(leads(8)):
        before = application.versions.count()
        both = against(
            lambda number=number: edited(application, aino, household_change(2 * number + 10)),
            lambda number=number: corrected(application, aino, {"gross_income": 1000 + number}),
            lead=lead,
        )

        assert not any(isinstance(each, Refusal) for each in both)
        assert application.versions.count() == before + 2
        assert loaded_application(application).current.version == application.versions.latest("number")
        assert loaded_application(application).state is State.VALID


def test_an_edit_and_a_discard_at_once_leave_one_of_the_two():
    for lead in leads(8):
        application, aino, _eino = valid_couple()
        edited(application, aino, household_change(1))

        edit, discard = against(
            lambda a=application, who=aino: edited(a, who, household_change(2)),
            lambda a=application, who=aino: discarded(a, who),
            lead=lead,
        )

        loaded = loaded_application(application)
        assert not isinstance(edit, Refusal)
        assert not isinstance(discard, Refusal)
        assert loaded.state is State.VALID
        assert loaded.current.content.home.get("cost") in (None, 2)
        withdraw_all(application)


def test_a_confirmation_that_meets_a_discard_leaves_the_application_valid():
    for lead in leads(12):
        application, aino, eino = valid_couple()
        edited(application, aino, household_change(1))
        confirmed(application, aino)
        seen = loaded_application(application).current

        discard, confirming = against(
            lambda a=application, who=aino: discarded(a, who), confirms(application, eino, seen), lead=lead
        )

        loaded = loaded_application(application)
        assert isinstance(discard, Refusal) != isinstance(confirming, Refusal)
        assert loaded.state is State.VALID
        assert loaded.current.content.home.get("cost") == (None if isinstance(confirming, Refusal) else 1)
        withdraw_all(application)


def test_the_timer_or_the_last_confirmation_wins_at_the_deadline():
    for lead in leads(12):
        application, aino, eino = couple()
        confirmed(application, aino)
        seen = loaded_application(application).current
        end = loaded_application(application).application.confirm_by
        just_before = end - timedelta(microseconds=1)

        _timer, confirming = against(
            lambda a=application, end=end: clock_advanced(a, end),
            confirms(application, eino, seen, now=just_before),
            lead=lead,
        )

        application.refresh_from_db()
        was_late = isinstance(confirming, Refusal)
        assert application.state == (State.LAPSED if was_late else State.VALID)
        assert Seat.objects.filter(application=application).count() == (0 if was_late else 2)
        withdraw_all(application)


def test_an_annulment_against_the_last_confirmation_leaves_it_not_valid():
    for lead in leads(12):
        application, aino, eino = couple()
        forged = confirmed(application, aino)
        seen = loaded_application(application).current

        against(lambda pk=forged: annulled(pk), confirms(application, eino, seen), lead=lead)

        application.refresh_from_db()
        assert application.state == State.SENT
        assert not Seat.objects.filter(application=application).exists()
        assert loaded_application(application).confirmation_of(applicant_of(application, eino).pk)
        withdraw_all(application)


def test_crossed_couples_that_confirm_at_once_leave_each_person_in_one():
    for lead in leads(8):
        couples = [(AINO, EINO), (EINO, HILMA), (HILMA, AINO)]
        applications = [sent(*each) for each in couples]
        people = {role: arrived(role) for role in (AINO, EINO, HILMA)}
        for application, (main, other) in zip(applications, couples, strict=True):
            completed(application, people[other])
            confirmed(application, people[main])
        seen = [loaded_application(application).current for application in applications]

        against(
            *[
                confirms(application, people[other], version)
                for application, (_main, other), version in zip(applications, couples, seen, strict=True)
            ],
            lead=lead,
        )

        valid = Application.objects.filter(state=State.VALID)
        seats = list(Seat.objects.values_list("person_id", flat=True))
        assert len(valid) <= 1
        assert len(seats) == len(set(seats)) == 2 * len(valid)
        for application in applications:
            assert_nothing_unseen(application)
            withdraw_all(application)


def test_an_identification_at_the_desk_does_not_block_a_confirmation():
    saga = clerk()
    for lead in leads(12):
        application, aino, eino = couple()
        seen, applicant = loaded_application(application).current, applicant_of(application, aino).pk

        check, confirming = against(
            lambda a=application, p=applicant: checked(a, p, staff=saga),
            confirms(application, eino, seen),
            lead=lead,
        )

        assert check.identified.person_id == aino.person_id
        assert not isinstance(confirming, Refusal)
        withdraw_all(application)


def test_two_workers_apply_timed_transitions_once():
    application, _aino, _eino = couple()
    end = loaded_application(application).application.confirm_by
    reminder = application.applicants.get(is_main=True).pk

    against(*[lambda: run_timers(now=later(days=4))] * 3)
    against(*[lambda: run_timers(now=end)] * 3)

    assert Message.objects.filter(topic="reminder", applicant_id=reminder).count() == 1
    assert Message.objects.filter(topic="lapsed").count() == 1  # the other has given no address of their own
    assert Event.objects.filter(kind="clock-lapses").count() == 1


def withdraw_all(application):
    """Release all people for the next round."""
    for each in Confirmation.objects.filter(application=application, ended_at=None):
        each.ended_at, each.ended_because = NOW, "withdrawn"
        each.save(update_fields=["ended_at", "ended_because"])
    Seat.objects.filter(application=application).delete()
    Application.objects.filter(pk=application.pk).update(state=State.WITHDRAWN, ended_as=State.WITHDRAWN)
