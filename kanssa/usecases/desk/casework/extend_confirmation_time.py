from datetime import datetime, timedelta
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.periods import end_of_open_day, longest_extension
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.notifications.announcements import notify_time_extended
from kanssa.applications.refusals import NotExtendable
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.calendar.days import last_day_before
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.EXTEND_TIME)
def extend_confirmation_time(
    *,
    application_id: UUID,
    days: int,
    grounds: str,
    words: str,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Extend the time to confirm by some days, to the end of a day on which the desk is open (DOMAIN, Time).

    `words` is the clerk's reason. The adults whose confirmation is missing get a message; it names no reason.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow, NotExtendable.
    """
    require_role(staff, Role.CLERK)
    loaded = locked(application_id, now=now)
    require_no_conflict_of_interest(staff, loaded)
    loaded.require(Action.EXTEND_TIME)
    application = loaded.application
    if application.confirm_by is None or application.to_confirm_since is None or days < 1:
        raise NotExtendable
    until = end_of_open_day(last_day_before(application.confirm_by) + timedelta(days=days))
    if until > longest_extension(application.to_confirm_since):
        raise NotExtendable
    application.confirm_by = until
    save(loaded)
    record(
        EventKind.TIME_EXTENDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        words=words,
        grounds=grounds,
        days=days,
        until=until.isoformat(),
    )
    notify_time_extended(loaded, cause=f"clerk:{until.isoformat()}")
