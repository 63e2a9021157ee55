from dataclasses import dataclass
from datetime import datetime

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.models import Application
from kanssa.evidence.events import EventKind
from kanssa.evidence.queries import protected_reads
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_MOST = 50


@dataclass(frozen=True, slots=True)
class ListedRead:
    """One read of a protected person: by which member of staff, when, what and why; not the person's name."""

    at: datetime
    who: str
    reference: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadsPage:
    """A page of reads, newest first; `following` is where the next one begins."""

    reads: tuple[ListedRead, ...]
    following: int | None


@use_case
def list_protected_reads(*, before: int | None, staff: StaffMember, now: datetime) -> ReadsPage:
    """Give the staff's reads of people under a non-disclosure order; records the reading.

    Refuses: NotYourRole.
    """
    require_role(staff, Role.SUPERVISOR)
    # Before the list is read: a reading without a record must not be possible.
    record(EventKind.PROTECTED_READS_LISTED, actor=staff.actor, now=now, reason=AccessReason.REVIEW)
    # One row more than a page shows whether another page follows.
    rows = protected_reads(before=before, at_most=_MOST + 1)
    shown = rows[:_MOST]
    names = names_of({each.staff_id for each in shown if each.staff_id})
    wanted = {each.application_id for each in shown if each.application_id}
    references = dict(Application.objects.filter(pk__in=wanted).values_list("pk", "reference"))
    reads = tuple(
        ListedRead(
            at=each.at,
            who=names.get(each.staff_id, "") if each.staff_id else "",
            reference=(references.get(each.application_id) or "") if each.application_id else "",
            what=each.what,
            reason=each.reason,
        )
        for each in shown
    )
    return ReadsPage(reads, shown[-1].event_id if len(rows) > _MOST else None)
