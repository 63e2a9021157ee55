from datetime import datetime
from uuid import UUID

from kanssa.applications.editing import require_editor, without_own_changes
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import NothingWaits
from kanssa.applications.revising import revise
from kanssa.applications.states import Deed
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def discard_changes(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Take back the main applicant's own changes in the version that waits (DOMAIN, rule 3).

    What the others corrected of themselves stays, as a version of its own. Refuses:
    NoSuchApplication, NotAllowedNow, SomeoneElse, NotIdentified, ProofNeeded, NothingWaits.
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    household.require(Deed.DISCARD)
    require_editor(household, identified)
    require_proof(identified)
    confirmed = household.confirmed
    if confirmed is None or not household.has_waiting:
        raise NothingWaits
    dropped = household.standing.version
    content = without_own_changes(household)
    if content == household.standing.content:
        raise NothingWaits
    household.drop_change()
    if content != confirmed.content:
        revise(household, content, actor=actor, valid_until=household.valid_until)
    weigh(household, rivals, actor=actor)
    record(
        "changes-discarded",
        actor=actor,
        now=now,
        application_id=application_id,
        dropped=str(dropped.pk),
        standing=str(household.standing.version.pk),
    )
