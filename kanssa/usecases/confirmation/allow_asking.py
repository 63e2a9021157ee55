from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.asking_refusals import allow_asking_again
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.ALLOW_ASKING)
def allow_asking(*, refusal_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Let a person be asked again at a main applicant's request; no one else is told.

    Refuses: NotIdentified, ReauthenticationRequired.
    """
    require_reauthentication(identified)
    if allow_asking_again(refusal_id, person_id=identified.person_id):
        record(EventKind.ASKING_ALLOWED, actor=actor, now=now)
