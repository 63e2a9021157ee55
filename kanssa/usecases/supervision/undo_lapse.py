from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.periods import end_of_open_day
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.notifications.announcements import notify_time_extended
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.validity import update_validity
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.UNDO_LAPSE)
def undo_lapse(*, application_id: UUID, grounds: str, words: str, staff: StaffMember, now: datetime) -> None:
    """Let an application that lapsed through our fault wait again (DOMAIN, The time to confirm).

    Confirmations that were given count as before. The adults whose confirmation is missing get a message and
    `MAX_EXTENSION_DAYS` days, to the end of a day on which the desk is open.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow.
    """
    require_role(staff, Role.SUPERVISOR)
    loaded, rivals = locked_with_rivals(application_id, now=now)
    require_no_conflict_of_interest(staff, loaded)
    loaded.require(Action.UNDO_LAPSE)
    application = loaded.application
    until = end_of_open_day(day_of(now) + timedelta(days=settings.MAX_EXTENSION_DAYS))
    application.ended_as, application.ended_at = "", None
    application.to_confirm_since, application.confirm_by = now, until
    update_validity(loaded, rivals, actor=staff.actor)
    record(
        EventKind.LAPSE_UNDONE,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        words=words,
        grounds=grounds,
        until=until.isoformat(),
        state=application.state,
    )
    notify_time_extended(loaded, cause=f"undone:{now.isoformat()}")
