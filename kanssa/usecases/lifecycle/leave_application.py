from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.applications.transitions.leaving import leave
from kanssa.applications.transitions.locking import locked
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.LEAVE)
def leave_application(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Leave the application: for every identified adult, with or without a confirmation (DOMAIN, rule 6).

    Their confirmations, invitations and messages end; the others are told, and may continue without them.
    Pressed twice, it happens once.
    Refuses: NoSuchApplication, NotAllowedNow, NotIdentified, ReauthenticationRequired.
    """
    loaded = locked(application_id, now=now)
    applicant = loaded.applicant_of(identified.person_id)
    if applicant.has_left_by_choice:
        return
    loaded.require(Action.LEAVE)
    require_reauthentication(identified)
    leave(loaded, applicant, actor=actor)
