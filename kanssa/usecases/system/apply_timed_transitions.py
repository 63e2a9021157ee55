from datetime import datetime
from uuid import UUID

from kanssa.applications.notifications.reminders import due_reminders
from kanssa.applications.notifications.timed_messages import notify_reminder
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def apply_timed_transitions(
    *,
    application_id: UUID,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; the clock's own turns name themselves
    now: datetime,
) -> None:
    """Do what the clock has to do to one application: end, fall back, lapse, remind, warn.

    It looks at the application again under its lock, so that it can come twice, late, or from two
    workers, and does each thing once. Refuses: NoSuchApplication.
    """
    loaded = locked(application_id, now=now)
    for notice in due_reminders(loaded):
        notify_reminder(loaded, notice)
    loaded.application.reminded_until = now
    save(loaded)
