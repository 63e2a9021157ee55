from datetime import datetime
from uuid import UUID

from kanssa.applications.states import Action, State
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.REPORT_LEASE)
def report_lease(*, application_id: UUID, actor: Actor, now: datetime) -> None:
    """Record a signed lease, which the tenant-selection system reports of a valid application.

    Refuses: NoSuchApplication, NotAllowedNow.
    """
    application = locked(application_id, now=now)
    application.require(Action.REPORT_LEASE)
    application.end_as(State.HOUSED, now)
    save(application)
    record(EventKind.HOUSED, actor=actor, now=now, application_id=application_id)
