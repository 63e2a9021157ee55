from datetime import datetime
from uuid import UUID

from kanssa.applications.household import Household
from kanssa.applications.matching import kind_of
from kanssa.applications.models import Task
from kanssa.applications.places import may_ask_to_be_taken
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import NoSuchApplication
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def ask_to_be_taken(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Who came by a link and identified with another code, or none, asks to be taken as its person.

    A clerk decides; the main applicant learns nothing but "missing". Only under an agreeing name.
    Asked twice, it is asked once. Refuses: NotIdentified, ProofNeeded,
    NoSuchApplication.
    """
    require_proof(identified)
    household = Household.of(application_id, now=now)
    if not may_ask_to_be_taken(household, applicant_id, identified):
        raise NoSuchApplication
    place = household.applicants[applicant_id]
    _task, is_new = Task.objects.get_or_create(
        applicant=place,
        identification_id=identified.id,
        kind=kind_of(place, identified),
        defaults={"asked_at": now},
    )
    if is_new:
        record(
            "asked-to-be-taken",
            actor=actor,
            now=now,
            application_id=application_id,
            applicant_id=applicant_id,
            identification=str(identified.id),
        )
