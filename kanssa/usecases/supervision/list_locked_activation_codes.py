from datetime import datetime, timedelta

from kanssa.accounts.activation_codes import Slip, locked_codes
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_PERIOD = timedelta(days=30)
_MOST = 50


@use_case
def list_locked_activation_codes(*, staff: StaffMember, now: datetime) -> list[Slip]:
    """Give the slips of the last 30 days that wrong codes ended, by name only. Refuses: NotYourRole."""
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    record(EventKind.LOCKED_CODES_LISTED, actor=staff.actor, now=now)
    return locked_codes(since=now - _PERIOD, at_most=_MOST)
