from datetime import datetime
from uuid import UUID

from kanssa.applications.keeping import locked
from kanssa.applications.proof import require_proof
from kanssa.applications.retrying import retry_address
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def retry_own_address(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> int:
    """An adult says that their own e-mail address is right; gives how many messages go out again.

    Refuses: NoSuchApplication, SomeoneElse, NotIdentified, ProofNeeded, NoAddressToTry, AddressTriedEnough.
    """
    household = locked(application_id, now=now)
    place = household.place_held_by(identified.person_id, applicant_id)
    require_proof(identified)
    again = retry_address(household, place)
    record(
        "address-tried-again",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        messages=again,
    )
    return again
