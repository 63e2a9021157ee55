from datetime import datetime
from uuid import UUID

from kanssa.applications.corrections import correction_of, write_correction
from kanssa.applications.keeping import locked
from kanssa.applications.own_answers import proposed_to, to_take_over
from kanssa.applications.proof import require_proof
from kanssa.applications.proposals import settle
from kanssa.applications.refusals import SomethingChanged
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def settle_proposal(
    *,
    application_id: UUID,
    applicant_id: UUID,
    mark: str,
    is_taken: bool,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Take over what the main applicant typed of oneself, as a correction, or leave it. They see neither.

    `mark` is of what was seen: no answer is replaced that the person did not see. A correction counts when
    it is put in. Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ProofNeeded,
    SomethingChanged.
    """
    household = locked(application_id, now=now)
    place = household.place_held_by(identified.person_id, applicant_id)
    household.require(Deed.CORRECT)
    require_proof(identified)
    proposed = proposed_to(household, place)
    if proposed is None or proposed.mark != mark:
        raise SomethingChanged
    if is_taken:
        write_correction(place, {**correction_of(place), **to_take_over(proposed)})
    settle(applicant_id, household.proposals[applicant_id])
    record(
        "proposal-taken" if is_taken else "proposal-left",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
    )
