from datetime import datetime
from uuid import UUID

from kanssa.applications.notifications.reminders import due_reminders
from kanssa.applications.notifications.timed_messages import notify_reminder
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.PASS_TIME)
def apply_timed_transitions(
    *,
    application_id: UUID,
    actor: Actor,  # noqa: ARG001 every use case takes it; timed transitions record SYSTEM
    now: datetime,
) -> None:
    """Apply what is due by time to one application: end, fall back, lapse, remind, warn.

    It reads the application again under its lock, so that it can run twice, late, or from two workers, and
    does each thing once. Refuses: NoSuchApplication.
    """
    loaded = locked(application_id, now=now)
    for reminder in due_reminders(loaded):
        # Each has a cause of its own, so that a second run sends nothing again.
        notify_reminder(loaded, reminder)
    # Moved even if nothing was due, so that the next due time is computed from now.
    loaded.application.reminded_until = now
    save(loaded)
