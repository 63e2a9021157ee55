from dataclasses import dataclass
from datetime import datetime

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.office.current import office_edits
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_MOST = 10


@dataclass(frozen=True, slots=True)
class ListedEdit:
    at: datetime
    who: str


@use_case
def list_office_edits(*, staff: StaffMember, now: datetime) -> list[ListedEdit]:
    """Give the latest editors of the desk's information; records the reading. Refuses: NotYourRole."""
    require_role(staff, Role.SUPERVISOR, Role.OPERATOR)
    record(EventKind.OFFICE_EDITS_LISTED, actor=staff.actor, now=now)
    edits = office_edits(at_most=_MOST)
    names = names_of({each.by for each in edits})
    return [ListedEdit(each.at, names.get(each.by, "")) for each in edits]
