"""The desk's lists of current work, each cut at `MAX_LINES`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kanssa.accounts.conflicts_of_interest import conflicting_lookups
from kanssa.accounts.staff import StaffMember
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import latest_facts_of_all
from kanssa.applications.casework.cases import own_applications_among
from kanssa.applications.content.content import Facts, full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Application, Task
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.calendar.days import day_of, end_of
from kanssa.identification.models import DeskCheck

MAX_LINES = 50
_WAITING = timedelta(days=7)
_EXPIRING = timedelta(days=14)


class CaseworkList(StrEnum):
    SERVED = "served"
    WAITING = "waiting"
    EXPIRING = "expiring"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class CaseworkLine:
    """One line: an application, with its main applicant or the adult that it is about.

    `at` is when they were served, since when it waits, until when it is valid, or when it was asked. For
    the reader's own household (`is_own`) a page shows only that there is a line.
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
    """A row of a list; without an applicant the line is about the main applicant."""

    application_id: UUID
    at: datetime
    applicant_id: UUID | None = None
    task_id: UUID | None = None


def casework_lines(wanted: CaseworkList, *, staff: StaffMember, now: datetime) -> list[CaseworkLine]:
    """Give at most `MAX_LINES` lines and one more, which tells a reader that there are others."""
    found = list(_LISTS[wanted](now))
    loaded_applications = {
        each.application.pk: each
        for each in LoadedApplication.all_of({each.application_id for each in found}, now=now)
    }
    # Asked for all lines at once: one statement, not one per line.
    own = own_applications_among(staff, loaded_applications)
    asking = _asked_by_own(staff, [each.task_id for each in found if each.task_id])
    left_out = latest_facts_of_all(_left_out(found, loaded_applications))
    return [
        _own_line(loaded, each.at)
        if each.application_id in own or each.task_id in asking
        else _line(loaded, each, left_out)
        for each in found
        for loaded in [loaded_applications[each.application_id]]
    ]


def _left_out(found: list[_Found], applications: Mapping[UUID, LoadedApplication]) -> set[UUID]:
    """Give the adults who were removed since the check; the list still shows who was served."""
    about = {(each.applicant_id, each.application_id) for each in found if each.applicant_id}
    return {adult for adult, key in about if adult not in applications[key].applicants}


def _asked_by_own(staff: StaffMember, task_ids: list[UUID]) -> set[UUID]:
    if not task_ids:
        return set()
    own_tasks = Task.objects.filter(
        pk__in=task_ids, identification__person__hetu_lookup__in=conflicting_lookups(staff)
    )
    return set(own_tasks.values_list("pk", flat=True))


def _served(now: datetime) -> Iterable[_Found]:
    since = end_of(day_of(now)) - timedelta(days=1)
    checks = DeskCheck.objects.filter(at__gte=since, refused_because="").order_by("-at")
    rows = checks.values_list("application_id", "at", "applicant_id")[: MAX_LINES + 1]
    return [_Found(*row) for row in rows]


def _waiting(now: datetime) -> Iterable[_Found]:
    rows = Application.objects.filter(state=State.SENT, to_confirm_since__lt=now - _WAITING)
    rows = rows.order_by("to_confirm_since", "pk")[: MAX_LINES + 1]
    return [_Found(key, at or now) for key, at in rows.values_list("pk", "to_confirm_since")]


def _expiring(now: datetime) -> Iterable[_Found]:
    rows = Application.objects.filter(state=State.VALID, valid_until__lt=now + _EXPIRING)
    rows = rows.order_by("valid_until", "pk")[: MAX_LINES + 1]
    return [_Found(key, at or now) for key, at in rows.values_list("pk", "valid_until")]


def _tasks(now: datetime) -> Iterable[_Found]:  # noqa: ARG001 every list is asked the same way
    rows = Task.objects.filter(
        decided_at=None, applicant__removed_at=None, applicant__application__state__in=ACTIVE_STATES
    ).order_by("asked_at", "pk")
    found = rows.values_list("applicant__application_id", "asked_at", "applicant_id", "pk")
    return [_Found(*row) for row in found[: MAX_LINES + 1]]


def _own_line(loaded: LoadedApplication, at: datetime) -> CaseworkLine:
    return CaseworkLine(loaded.application.pk, "", loaded.state, at, is_own=True)


def _line(loaded: LoadedApplication, found: _Found, left_out: Mapping[UUID, Facts]) -> CaseworkLine:
    adult = found.applicant_id or loaded.main_applicant.pk
    facts = loaded.facts_of(adult) if adult in loaded.applicants else left_out.get(adult, {})
    return CaseworkLine(
        application_id=found.application_id,
        reference=loaded.application.reference or "",
        state=loaded.state,
        at=found.at,
        task_id=found.task_id,
        name=full_name(facts),
        born=birth_date(facts),
    )


_LISTS = {
    CaseworkList.SERVED: _served,
    CaseworkList.WAITING: _waiting,
    CaseworkList.EXPIRING: _expiring,
    CaseworkList.TASKS: _tasks,
}
