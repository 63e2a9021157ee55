from datetime import datetime
from uuid import UUID

from kanssa.applications.drafts import drop_draft
from kanssa.applications.editing import require_editor
from kanssa.applications.keeping import locked
from kanssa.applications.proof import require_proof
from kanssa.applications.states import Deed
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def leave_edit(
    *,
    application_id: UUID,
    identified: Identified | None,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; drafts are not evidence
    now: datetime,
) -> None:
    """Forget an edit that was not saved; what was sent stands as before.

    Refuses: NoSuchApplication, NotAllowedNow, NotIdentified, ProofNeeded, SomeoneElse.
    """
    household = locked(application_id, now=now)
    household.require(Deed.EDIT)
    if identified is not None:
        require_proof(identified)
    require_editor(household, identified)
    drop_draft(household.application)
