from datetime import datetime
from uuid import UUID

from kanssa.applications.keeping import keep, locked
from kanssa.applications.states import Deed, State
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def report_lease(*, application_id: UUID, actor: Actor, now: datetime) -> None:
    """A lease was signed: the downstream system says so of a valid application.

    Refuses: NoSuchApplication, NotAllowedNow.
    """
    household = locked(application_id, now=now)
    household.require(Deed.REPORT_LEASE)
    household.end_as(State.HOUSED, now)
    keep(household)
    record("housed", actor=actor, now=now, application_id=application_id)
