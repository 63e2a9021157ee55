from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.casework.cases import AccessReason, references_shown_to
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import (
    CheckCursor,
    CheckFilters,
    CheckQueue,
    desks,
    list_checks,
    staff_with_checks,
)
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_MOST = 50


@dataclass(frozen=True, slots=True)
class ListedCheck:
    """One document check on a list; of the person it shows only the application's reference."""

    check_id: UUID
    at: datetime
    desk: str
    clerk: str
    reference: str
    refused_because: str
    review: str
    is_asked: bool
    has_code_recorded: bool
    decision: str
    is_own: bool
    is_own_household: bool


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A page of the list; `following` is where the next one begins. `clerks` are names by id."""

    lines: tuple[ListedCheck, ...]
    following: CheckCursor | None
    desks: tuple[str, ...]
    clerks: dict[UUID, str]


@use_case
def list_desk_checks(
    *,
    wanted: CheckQueue,
    filters: CheckFilters,
    after: CheckCursor | None,
    staff: StaffMember,
    now: datetime,
) -> CheckPage:
    """Give a page of the desk's document checks; records the reading. Refuses: NotYourRole."""
    require_role(staff, Role.SUPERVISOR)
    # One row more than a page shows whether another page follows.
    rows = list_checks(wanted, filters, viewer=staff.user_id, after=after, at_most=_MOST + 1)
    shown = rows[:_MOST]
    # References of their own household stay hidden; that a check was made does not.
    references, own = references_shown_to(staff, {each.application_id for each in shown})
    record(
        EventKind.DESK_CHECKS_LISTED,
        actor=staff.actor,
        now=now,
        which=wanted,
        reason=AccessReason.TASK if wanted is CheckQueue.TASKS else AccessReason.REVIEW,
        found=sorted(map(str, references)),
    )
    clerks = names_of(staff_with_checks())
    lines = tuple(
        ListedCheck(
            check_id=each.pk,
            at=each.at,
            desk=each.desk,
            clerk=clerks.get(each.staff_id, ""),
            reference=references.get(each.application_id, ""),
            refused_because=each.refused_because,
            review=each.review,
            is_asked=each.is_open,
            has_code_recorded=each.code_recorded_at is not None,
            decision=each.outcome or "",
            is_own=each.staff_id == staff.user_id,
            is_own_household=each.application_id in own,
        )
        for each in shown
    )
    last = shown[-1] if len(rows) > _MOST else None
    return CheckPage(lines, CheckCursor(last.at, last.pk) if last else None, tuple(desks()), clerks)
