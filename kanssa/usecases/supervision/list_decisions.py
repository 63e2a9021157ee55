from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.casework.cases import AccessReason, references_shown_to
from kanssa.evidence.events import EventKind
from kanssa.evidence.queries import decisions
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_MOST = 50


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """A decision, with its maker and time; of the person it shows only the application's reference.

    For the reader's own household not even that.
    """

    at: datetime
    who: str
    application_id: UUID
    reference: str
    kind: str
    code: str
    is_own: bool
    is_own_household: bool


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """A page of decisions, newest first; `following` is where the next one begins."""

    lines: tuple[ListedDecision, ...]
    following: int | None


@use_case
def list_decisions(*, before: int | None, staff: StaffMember, now: datetime) -> DecisionsPage:
    """Give decisions of clerks and supervisors about people on applications; records the reading.

    Refuses: NotYourRole.
    """
    require_role(staff, Role.SUPERVISOR)
    # One row more than a page shows whether another page follows.
    rows = decisions(before=before, at_most=_MOST + 1)
    shown = rows[:_MOST]
    wanted = {each.application_id for each in shown if each.application_id}
    # References of their own household stay hidden; that a decision was made does not.
    references, own = references_shown_to(staff, wanted)
    found = sorted(map(str, references))
    record(EventKind.DECISIONS_LISTED, actor=staff.actor, now=now, reason=AccessReason.REVIEW, found=found)
    names = names_of({each.staff_id for each in shown if each.staff_id})
    lines = tuple(
        ListedDecision(
            at=each.at,
            who=names.get(each.staff_id, "") if each.staff_id else "",
            application_id=each.application_id,
            reference=references.get(each.application_id, ""),
            kind=each.kind,
            code=each.code,
            is_own=each.staff_id == staff.user_id,
            is_own_household=each.application_id in own,
        )
        for each in shown
        if each.application_id is not None
    )
    return DecisionsPage(lines, shown[-1].event_id if len(rows) > _MOST else None)
