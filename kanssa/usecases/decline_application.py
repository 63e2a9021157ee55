from datetime import datetime
from uuid import UUID

from kanssa.applications.keeping import keep, locked
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import ConfirmedAlready
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def decline_application(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Say that one will not confirm (DOMAIN, rule 6). It can still be confirmed later.

    Nothing is sent, no more reminders go to this person, and the others see nothing. Refuses:
    NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ProofNeeded, ConfirmedAlready.
    """
    household = locked(application_id, now=now)
    household.require(Deed.DECLINE)
    place = household.place_held_by(identified.person_id, applicant_id)
    require_proof(identified)
    if household.confirmation_of(applicant_id) is not None:
        raise ConfirmedAlready
    if place.declined_at is not None:
        return
    place.declined_at = now
    place.save(update_fields=["declined_at"])
    keep(household)
    record("declined", actor=actor, now=now, application_id=application_id, applicant_id=applicant_id)
