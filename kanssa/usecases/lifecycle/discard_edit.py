from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import require_editor
from kanssa.applications.transitions.locking import locked
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.EDIT)
def discard_edit(
    *,
    application_id: UUID,
    identified: Identified | None,
    actor: Actor,  # noqa: ARG001 every use case takes it; drafts are not evidence
    now: datetime,
) -> None:
    """Discard an unsaved edit; the sent application does not change.

    Refuses: NoSuchApplication, NotAllowedNow, NotIdentified, ReauthenticationRequired, SomeoneElse.
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.EDIT)
    if identified is not None:
        require_reauthentication(identified)
    require_editor(loaded, identified)
    discard_draft(loaded.application)
