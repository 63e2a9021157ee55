from collections.abc import Sequence
from datetime import datetime

from kanssa.accounts.staff import StaffAccount, accounts
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def list_staff(*, actor: Actor, now: datetime) -> Sequence[StaffAccount]:
    """Give all people who ever had a role, and record the reading."""
    record(EventKind.STAFF_LISTED, actor=actor, now=now)
    return accounts(now=now)
