from datetime import datetime
from uuid import UUID

from kanssa.applications.drafts import write_draft
from kanssa.applications.editing import editable_content, require_editor
from kanssa.applications.keeping import locked
from kanssa.applications.proof import require_proof
from kanssa.applications.states import Deed
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def start_edit(
    *,
    application_id: UUID,
    identified: Identified | None,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; drafts are not evidence
    now: datetime,
) -> None:
    """Begin to edit what stands, or go on with what was begun, in a draft beside it.

    Nothing changes for anybody until it is saved. Refuses: NoSuchApplication, NotAllowedNow,
    NotIdentified, ProofNeeded, SomeoneElse.
    """
    household = locked(application_id, now=now)
    household.require(Deed.EDIT)
    if identified is not None:
        require_proof(identified)
    require_editor(household, identified)
    if household.application.draft is None:
        write_draft(household.application, editable_content(household), now=now)
