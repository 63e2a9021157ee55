from datetime import datetime
from uuid import UUID

from kanssa.applications.announcements import tell_change
from kanssa.applications.editing import as_typed, faults_as_typed, require_editor
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.periods import validity_from
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import DraftIncomplete
from kanssa.applications.revising import next_content, revise, touched
from kanssa.applications.states import Deed
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def renew_application(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Give the application a new time: a version without changes (DOMAIN, rule 4).

    It asks nobody, but where a resident has come of age since. What already has this time, and changes
    in nothing, is renewed: pressed twice on a day, it is done once. Refuses: NoSuchApplication,
    NotAllowedNow, SomeoneElse, NotIdentified, ProofNeeded, DraftIncomplete (of whoever came of age
    something is still to be told).
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    household.require(Deed.RENEW)
    require_editor(household, identified)
    require_proof(identified)
    content, valid_until = household.standing.content, validity_from(now)
    following = next_content(household, content)
    faults = faults_as_typed(household, as_typed(household, following))
    if faults:
        raise DraftIncomplete(faults=faults)
    if following == content and household.standing.version.valid_until == valid_until:
        return
    before = revise(household, content, actor=actor, valid_until=valid_until)
    weigh(household, rivals, actor=actor)
    tell_change(household, touched(before, household.standing), but=household.main_applicant.pk)
    record(
        "renewed",
        actor=actor,
        now=now,
        application_id=application_id,
        version=str(household.standing.version.pk),
        hash=bytes(household.standing.version.hash).hex(),
    )
