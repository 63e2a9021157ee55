"""The desk's lists: what is under way, cut at `MOST` and saying so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kanssa.accounts.own_people import own_lookups
from kanssa.accounts.staff import StaffMember
from kanssa.applications.checks import birth_date
from kanssa.applications.content import full_name
from kanssa.applications.desk_cases import own_among
from kanssa.applications.household import Household, last_facts_of
from kanssa.applications.models import Application, Task
from kanssa.applications.states import LIVING, State
from kanssa.applications.times import day_of, end_of
from kanssa.identification.models import DeskCheck

MOST = 50
_WAITING = timedelta(days=7)
_EXPIRING = timedelta(days=14)


class DeskList(StrEnum):
    """Which list."""

    SERVED = "served"
    WAITING = "waiting"
    EXPIRING = "expiring"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: an application, by its main applicant or the adult whom it is about.

    `at` is when they were served, since when it waits, until when it is valid, or when it was asked.
    Of the reader's own household (`is_own`) a page shows nothing but that there is one.
    """

    application_id: UUID
    reference: str
    state: State
    at: datetime
    task_id: UUID | None = None
    name: str = field(repr=False, default="")
    born: date | None = field(repr=False, default=None)
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """What a list found; without a place the line is about the main applicant."""

    application_id: UUID
    at: datetime
    place_id: UUID | None = None
    task_id: UUID | None = None


def listed(wanted: DeskList, *, staff: StaffMember, now: datetime) -> list[Listed]:
    """At most `MOST` lines and one more, by which a reader sees that there are others."""
    found = list(_LISTS[wanted](now))
    households = {
        each.application.pk: each
        for each in Household.all_of({each.application_id for each in found}, now=now)
    }
    own = own_among(staff, households)
    asking = _asked_by_own(staff, [each.task_id for each in found if each.task_id])
    return [
        _own_line(household, each.at)
        if each.application_id in own or each.task_id in asking
        else _line(household, each)
        for each in found
        for household in [households[each.application_id]]
    ]


def _asked_by_own(staff: StaffMember, task_ids: list[UUID]) -> set[UUID]:
    """The tasks in which whoever asks is the reader, or a relative of theirs."""
    if not task_ids:
        return set()
    theirs = Task.objects.filter(pk__in=task_ids, identification__person__hetu_lookup__in=own_lookups(staff))
    return set(theirs.values_list("pk", flat=True))


def _served(now: datetime) -> Iterable[_Found]:
    since = end_of(day_of(now)) - timedelta(days=1)
    checks = DeskCheck.objects.filter(at__gte=since, refused_because="").order_by("-at")
    rows = checks.values_list("application_id", "at", "applicant_id")[: MOST + 1]
    return [_Found(*row) for row in rows]


def _waiting(now: datetime) -> Iterable[_Found]:
    rows = Application.objects.filter(state=State.SENT, to_confirm_since__lt=now - _WAITING)
    rows = rows.order_by("to_confirm_since", "pk")[: MOST + 1]
    return [_Found(key, at or now) for key, at in rows.values_list("pk", "to_confirm_since")]


def _expiring(now: datetime) -> Iterable[_Found]:
    rows = Application.objects.filter(state=State.VALID, valid_until__lt=now + _EXPIRING)
    rows = rows.order_by("valid_until", "pk")[: MOST + 1]
    return [_Found(key, at or now) for key, at in rows.values_list("pk", "valid_until")]


def _tasks(now: datetime) -> Iterable[_Found]:  # noqa: ARG001 every list is asked the same way
    rows = Task.objects.filter(
        decided_at=None, applicant__removed_at=None, applicant__application__state__in=LIVING
    ).order_by("asked_at", "pk")
    found = rows.values_list("applicant__application_id", "asked_at", "applicant_id", "pk")
    return [_Found(*row) for row in found[: MOST + 1]]


def _own_line(household: Household, at: datetime) -> Listed:
    return Listed(household.application.pk, "", household.state, at, is_own=True)


def _line(household: Household, found: _Found) -> Listed:
    place = household.places[found.place_id] if found.place_id else household.main_applicant
    is_here = place.pk in household.applicants
    facts = household.facts_of(place.pk) if is_here else last_facts_of(place)
    return Listed(
        application_id=found.application_id,
        reference=household.application.reference or "",
        state=household.state,
        at=found.at,
        task_id=found.task_id,
        name=full_name(facts),
        born=birth_date(facts),
    )


_LISTS = {
    DeskList.SERVED: _served,
    DeskList.WAITING: _waiting,
    DeskList.EXPIRING: _expiring,
    DeskList.TASKS: _tasks,
}
