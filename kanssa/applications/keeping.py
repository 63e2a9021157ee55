"""Locking applications, and keeping what was done to them.

One order of locks everywhere (people by id, then applications by id), so that crossed households
becoming valid in the same second wait for each other and never deadlock. The rows are locked
without joins: after waiting for a lock PostgreSQL reads the locked row anew, but a joined one as
it was before.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import connection, transaction

from kanssa.applications import announcements
from kanssa.applications.household import Household
from kanssa.applications.loading import LoadedRows, load_rows
from kanssa.applications.models import Confirmation, Invitation, Seat
from kanssa.applications.notices import next_notice
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import ENDED, LIVING, MOVES, State, next_turn
from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM

_MOST_TRIES = 5
_NAMED = {(move.source, move.target) for move in MOVES}
_KEPT = (
    "language",
    "state",
    "standing_version",
    "confirmed_version",
    "to_confirm_since",
    "confirm_by",
    "valid_until",
    "ended_as",
    "ended_at",
    "due_at",
    "noticed_until",
)
_LOCK_PEOPLE = """
SELECT id FROM people_person WHERE id = ANY(ARRAY(
    SELECT person_id FROM applications_applicant
    WHERE application_id = ANY(%(wanted)s) AND person_id IS NOT NULL AND removed_at IS NULL
) || %(also)s::uuid[]) ORDER BY id FOR UPDATE
"""
_LOCK_APPLICATIONS = """
SELECT id FROM applications_application WHERE id = ANY(ARRAY(
    SELECT confirmation.application_id FROM applications_confirmation confirmation
    JOIN applications_application application ON application.id = confirmation.application_id
    WHERE confirmation.person_id = ANY(%(people)s::uuid[]) AND confirmation.ended_at IS NULL
        AND application.state = ANY(%(living)s)
) || %(wanted)s::uuid[]) ORDER BY id FOR UPDATE
"""


class _PeopleChanged(Exception):
    """Somebody took a place while the locks were taken."""


def locked(application_id: UUID, *, now: datetime) -> Household:
    """Lock the application alone: for deeds that touch nobody's other applications.

    What the clock has done until `now` is kept first. Raises NoSuchApplication.
    """
    _lock_applications([application_id])
    for rows in load_rows([application_id]):
        return _turned(rows, now)
    raise NoSuchApplication


def locked_with_rivals(
    application_id: UUID, *, now: datetime, also: Collection[UUID] = ()
) -> tuple[Household, list[Household]]:
    """Lock the people, then this application and the living ones that they have confirmed.

    `also`: people who fill no place of it now, and will when the deed is done.
    """
    first, rest = locked_together([application_id], now=now, also=also)
    return first[0], rest


def locked_together(
    application_ids: Collection[UUID], *, now: datetime, also: Collection[UUID] = ()
) -> tuple[list[Household], list[Household]]:
    """Lock the people of some applications, then these and the others that the people have confirmed.

    Somebody may take a place between looking and locking: then what was locked is let go, and it
    is done again from the start. Gives the wanted ones in their order, then the others. Raises
    NoSuchApplication.
    """
    wanted = list(application_ids)
    for _try in range(_MOST_TRIES):
        with suppress(_PeopleChanged), transaction.atomic():
            people = _lock_people(wanted, also)
            found = {rows.application.pk: rows for rows in load_rows(_lock_applications(wanted, people))}
            if not found.keys() >= set(wanted):
                raise NoSuchApplication
            if {person for each in wanted for person in _people_on(found[each])} | set(also) != people:
                raise _PeopleChanged
            first = [_turned(found.pop(each), now) for each in wanted]
            return first, [_turned(rows, now) for rows in found.values()]
    raise RuntimeError("the people of an application kept changing")


def keep(household: Household) -> State:
    """Write what was done in memory: states, times, places and seats. Gives the state.

    A change of state that the table does not name is a bug, and undoes the deed.
    """
    application, state = household.application, household.state
    _require_named([State(application.state), *household.passed, state])
    household.passed.clear()
    if state in ENDED and not application.ended_as:
        household.end_as(state, household.now)
    application.state = state
    if application.sent_at is not None:
        _keep_confirmations(household)
        _keep_places(household)
        if state is not State.VALID:
            Seat.objects.filter(application=application).delete()
    application.due_at = _due_at(household, state)
    application.save(update_fields=_KEPT)
    return state


def _require_named(states: list[State]) -> None:
    for was, becomes in pairwise(states):
        if was is not becomes and (was, becomes) not in _NAMED:
            raise RuntimeError(f"the table names no way from {was} to {becomes}")


def _turned(rows: LoadedRows, now: datetime) -> Household:
    """Take what was read under a lock; what the clock did is kept, recorded and told."""
    household = Household(rows, now=now)
    if not household.turns:
        return household
    keep(household)
    for turned in household.turns:
        record(
            f"clock-{turned.turn}",
            actor=SYSTEM,
            now=now,
            application_id=household.application.pk,
            at=turned.at.isoformat(),
            standing=str(household.application.standing_version_id),
        )
    announcements.tell_turns(household)
    return household


def _due_at(household: Household, state: State) -> datetime | None:
    if state not in LIVING:
        return None
    turn = next_turn(household.life)
    moments = [next_notice(household), turn[0] if turn else None]
    return min((moment for moment in moments if moment is not None), default=None)


def _keep_confirmations(household: Household) -> None:
    if household.changed:
        Confirmation.objects.bulk_update(
            household.changed, ["ends_by", "ended_at", "ended_because", "ended_for"]
        )
        household.changed.clear()


def _keep_places(household: Household) -> None:
    """A place on no version that matters is removed, with its links; one that matters again is not."""
    mattering = household.adults_that_matter
    for key, place in household.places.items():
        if (key in mattering) == (place.removed_at is None):
            continue
        place.removed_at = None if key in mattering else household.now
        place.save(update_fields=["removed_at"])
        if place.removed_at:
            Invitation.objects.living().filter(applicant=place).update(ended_at=household.now)
            announcements.tell_removed(household, place)
    household.places_changed()


def _lock_people(wanted: list[UUID], also: Collection[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, {"wanted": wanted, "also": list(also)})
        return {person for (person,) in cursor.fetchall()}


def _lock_applications(wanted: list[UUID], people: Collection[UUID] = ()) -> list[UUID]:
    with connection.cursor() as cursor:
        living = [str(state) for state in LIVING]
        cursor.execute(_LOCK_APPLICATIONS, {"wanted": wanted, "people": list(people), "living": living})
        return [application for (application,) in cursor.fetchall()]


def _people_on(rows: LoadedRows) -> set[UUID]:
    return {place.person_id for place in rows.applicants if place.person_id and place.removed_at is None}
