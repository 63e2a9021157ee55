from datetime import datetime
from uuid import UUID

from kanssa.applications.announcements import tell_notice
from kanssa.applications.keeping import keep, locked
from kanssa.applications.notices import due_notices
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def let_time_pass(
    *,
    application_id: UUID,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; the clock's own turns name themselves
    now: datetime,
) -> None:
    """Do what the clock has to do to one application: end, fall back, lapse, remind, warn.

    It looks at the application again under its lock, so that it can come twice, late, or from two
    workers, and does each thing once. Refuses: NoSuchApplication.
    """
    household = locked(application_id, now=now)
    for notice in due_notices(household):
        tell_notice(household, notice)
    household.application.noticed_until = now
    keep(household)
