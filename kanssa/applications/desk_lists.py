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
from kanssa.applications.household import Household, last_facts_of, with_versions
from kanssa.applications.models import Applicant, Application, Task
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


def listed(wanted: DeskList, *, staff: StaffMember, now: datetime) -> list[Listed]:
    """At most `MOST` lines and one more, by which a reader sees that there are others."""
    lines = list(_LISTS[wanted](now))
    own = own_among(staff, {line.application_id for line in lines})
    asking = _asked_by_own(staff, [line.task_id for line in lines if line.task_id])
    return [
        Listed(line.application_id, "", line.state, line.at, is_own=True)
        if line.application_id in own or line.task_id in asking
        else line
        for line in lines
    ]


def _asked_by_own(staff: StaffMember, task_ids: list[UUID]) -> set[UUID]:
    """The tasks in which whoever asks is the reader, or a relative of theirs."""
    theirs = Task.objects.filter(pk__in=task_ids, identification__person__hetu_lookup__in=own_lookups(staff))
    return set(theirs.values_list("pk", flat=True))


def _served(now: datetime) -> Iterable[Listed]:
    since = end_of(day_of(now)) - timedelta(days=1)
    checks = DeskCheck.objects.filter(at__gte=since, refused_because="").order_by("-at")
    rows = checks.values_list("applicant_id", "at")[: MOST + 1]
    places = Applicant.objects.select_related("application").in_bulk([key for key, _at in rows])
    return [_line(places[key], at, now) for key, at in rows if key in places]


def _waiting(now: datetime) -> Iterable[Listed]:
    rows = with_versions().filter(state=State.SENT, to_confirm_since__lt=now - _WAITING)
    rows = rows.order_by("to_confirm_since", "pk")[: MOST + 1]
    return [_line(_main(row, now), row.to_confirm_since or now, now) for row in rows]


def _expiring(now: datetime) -> Iterable[Listed]:
    rows = with_versions().filter(state=State.VALID, valid_until__lt=now + _EXPIRING)
    rows = rows.order_by("valid_until", "pk")[: MOST + 1]
    return [_line(_main(row, now), row.valid_until or now, now) for row in rows]


def _tasks(now: datetime) -> Iterable[Listed]:
    rows = Task.objects.filter(
        decided_at=None, applicant__removed_at=None, applicant__application__state__in=LIVING
    )
    rows = rows.select_related("applicant__application").order_by("asked_at", "pk")
    return [_line(row.applicant, row.asked_at, now, task_id=row.pk) for row in rows[: MOST + 1]]


def _main(application: Application, now: datetime) -> Applicant:
    return Household(application, now=now).main_applicant


def _line(place: Applicant, at: datetime, now: datetime, *, task_id: UUID | None = None) -> Listed:
    household = Household(place.application, now=now)
    is_here = place.pk in household.applicants
    facts = household.facts_of(place.pk) if is_here else last_facts_of(place)
    return Listed(
        application_id=place.application_id,
        reference=place.application.reference or "",
        state=household.state,
        at=at,
        task_id=task_id,
        name=full_name(facts),
        born=birth_date(facts),
    )


_LISTS = {
    DeskList.SERVED: _served,
    DeskList.WAITING: _waiting,
    DeskList.EXPIRING: _expiring,
    DeskList.TASKS: _tasks,
}
