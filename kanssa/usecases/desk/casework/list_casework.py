from datetime import datetime

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.lists import CaseworkLine, CaseworkList, casework_lines
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case
def list_casework(*, wanted: CaseworkList, staff: StaffMember, now: datetime) -> list[CaseworkLine]:
    """Give one of the desk's lists, and record which applications were on it. Refuses: NotYourRole."""
    require_role(staff, Role.CLERK)
    lines = casework_lines(wanted, staff=staff, now=now)
    record(
        EventKind.CASEWORK_LISTED,
        actor=staff.actor,
        now=now,
        which=wanted,
        # Without their own household: that is not shown, so it was not read.
        found=sorted({str(each.application_id) for each in lines if not each.is_own}),
    )
    return lines
