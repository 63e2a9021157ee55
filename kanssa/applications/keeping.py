"""Locking applications, and keeping what was done to them.

One order of locks everywhere (people by id, then applications by id), so that crossed households
becoming valid in the same second wait for each other and never deadlock. The rows are locked
without joins: after waiting for a lock PostgreSQL reads the locked row anew, but a joined one as
it was before.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import transaction

from kanssa.applications import announcements
from kanssa.applications.household import Household, existing
from kanssa.applications.models import Applicant, Application, Confirmation, Invitation, Seat
from kanssa.applications.notices import next_notice
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import ENDED, LIVING, MOVES, State, next_turn
from kanssa.evidence.record import record
from kanssa.people.models import Person
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


class _PeopleChanged(Exception):
    """Somebody took a place while the locks were taken."""


def locked(application_id: UUID, *, now: datetime) -> Household:
    """Lock the application alone: for deeds that touch nobody's other applications.

    What the clock has done until `now` is kept first. Raises NoSuchApplication.
    """
    rows = Application.objects.select_for_update().filter(pk=application_id)
    return _turned(existing(rows), now)


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
            people = _people_on(wanted) | set(also)
            found = {row.pk: row for row in _lock_all_of(people, wanted)}
            if not found.keys() >= set(wanted):
                raise NoSuchApplication
            if _people_on(wanted) | set(also) != people:
                raise _PeopleChanged
            first = [_turned(found.pop(each), now) for each in wanted]
            return first, [_turned(row, now) for row in found.values()]
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


def _turned(row: Application, now: datetime) -> Household:
    """Read a locked application; what the clock did is kept, recorded and told."""
    household = Household(row, now=now)
    if not household.turns:
        return household
    keep(household)
    for turned in household.turns:
        record(
            f"clock-{turned.turn}",
            actor=SYSTEM,
            now=now,
            application_id=row.pk,
            at=turned.at.isoformat(),
            standing=str(row.standing_version_id),
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
    Confirmation.objects.bulk_update(household.changed, ["ends_by", "ended_at", "ended_because", "ended_for"])
    household.changed.clear()


def _keep_places(household: Household) -> None:
    """A place on no version that matters is removed, with its links; one that matters again is not."""
    mattering = household.adults_that_matter
    places = {place.pk: place for place in household.application.applicants.all()}
    for key, place in places.items():
        if (key in mattering) == (place.removed_at is None):
            continue
        place.removed_at = None if key in mattering else household.now
        place.save(update_fields=["removed_at"])
        if place.removed_at:
            Invitation.objects.living().filter(applicant=place).update(ended_at=household.now)
            announcements.tell_removed(household, place)
    household.__dict__.pop("applicants", None)


def _lock_all_of(people: set[UUID], wanted: Collection[UUID]) -> Iterable[Application]:
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk"))
    ids = _confirmed_by(people) | set(wanted)
    return Application.objects.select_for_update().filter(pk__in=ids).order_by("pk")


def _people_on(application_ids: Collection[UUID]) -> set[UUID]:
    places = Applicant.objects.filter(
        application_id__in=application_ids, person__isnull=False, removed_at=None
    )
    return {person for person in places.values_list("person_id", flat=True) if person}


def _confirmed_by(people: set[UUID]) -> set[UUID]:
    living = Confirmation.objects.filter(
        person_id__in=people, ended_at__isnull=True, application__state__in=LIVING
    )
    return set(living.values_list("application_id", flat=True))
