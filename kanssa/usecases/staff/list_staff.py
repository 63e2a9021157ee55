from collections.abc import Sequence
from datetime import datetime

from kanssa.accounts.staff import StaffAccount, accounts
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def list_staff(*, actor: Actor, now: datetime) -> Sequence[StaffAccount]:
    """Give all who ever had a role, and leave a trace of the reading."""
    record("staff-read", actor=actor, now=now)
    return accounts(now=now)
