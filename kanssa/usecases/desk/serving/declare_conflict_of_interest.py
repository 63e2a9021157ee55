from datetime import datetime
from typing import Literal

from kanssa.accounts.conflicts_of_interest import declare_conflict
from kanssa.accounts.staff import StaffMember
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.hetu import Hetu


@use_case
def declare_conflict_of_interest(
    *, hetu: Hetu, relation: Literal["self", "relative"], staff: StaffMember, now: datetime
) -> None:
    """Declare a person whose applications this member of staff may not handle."""
    if declare_conflict(staff, hetu, relation=relation, now=now):
        record(EventKind.CONFLICT_DECLARED, actor=staff.actor, now=now, relation=relation)
