from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.applications.transitions.address_retries import retry_address
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.RETRY_ADDRESS)
def retry_own_address(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> int:
    """Try one's own e-mail address again, because it is right; gives how many messages go out.

    Refuses: NoSuchApplication, SomeoneElse, NotIdentified, ReauthenticationRequired, NoAddressToTry,
    AddressTriedEnough.
    """
    application = locked(application_id, now=now)
    applicant = application.require_own_applicant(identified.person_id, applicant_id)
    # Under the lock, so that an annulment at the same time is seen.
    require_reauthentication(identified)
    again = retry_address(application, applicant)
    record(
        EventKind.ADDRESS_RETRIED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        messages=again,
    )
    return again
