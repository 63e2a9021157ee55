from datetime import datetime
from uuid import UUID

from kanssa.applications.content import Facts
from kanssa.applications.corrections import correction_of, write_correction
from kanssa.applications.drafts import require_size
from kanssa.applications.keeping import locked
from kanssa.applications.proof import require_proof
from kanssa.applications.states import Deed
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def save_own_details(
    *,
    application_id: UUID,
    applicant_id: UUID,
    facts: Facts,
    identified: Identified,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; a correction counts when it is made
    now: datetime,
) -> None:
    """Keep what one page of an adult's own details says, until they put it into the application.

    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ProofNeeded,
    DraftTooLarge.
    """
    household = locked(application_id, now=now)
    place = household.place_held_by(identified.person_id, applicant_id)
    household.require(Deed.CORRECT)
    require_proof(identified)
    correction = {**correction_of(place), **facts}
    require_size(correction)
    write_correction(place, correction)
