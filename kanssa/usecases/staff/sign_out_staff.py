from datetime import datetime

from kanssa.accounts.staff import StaffMember, end_sign_in
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import end_sessions_served_by
from kanssa.usecases.use_case import use_case


@use_case
def sign_out_staff(*, staff: StaffMember, now: datetime) -> None:
    """End a sign-in everywhere: in every tab, and in every copy of the cookie.

    Sessions of the people they serve at the desk end too.
    """
    # A served person's pages must not stay open on an unattended desk.
    end_sessions_served_by(staff.user_id, now=now)
    end_sign_in(staff.sign_in_id, why="signed-out", now=now)
    record(EventKind.STAFF_SIGNED_OUT, actor=staff.actor, now=now, sign_in=str(staff.sign_in_id))
