from collections.abc import Sequence
from datetime import datetime

from kanssa.accounts.staff import Account, accounts
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def read_staff(*, actor: Actor, now: datetime) -> Sequence[Account]:
    """Give all who ever had a role, and leave a trace of the reading."""
    record("staff-read", actor=actor, now=now)
    return accounts(now=now)
