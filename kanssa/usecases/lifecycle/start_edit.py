from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import store_draft
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import editable_content, require_editor
from kanssa.applications.transitions.locking import locked
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.EDIT)
def start_edit(
    *,
    application_id: UUID,
    identified: Identified | None,
    actor: Actor,  # noqa: ARG001 every use case takes it; drafts are not evidence
    now: datetime,
) -> None:
    """Begin an edit of the current version, or continue the open one, in a draft beside it.

    Nothing changes for other adults until it is saved.
    Refuses: NoSuchApplication, NotAllowedNow, NotIdentified, ReauthenticationRequired, SomeoneElse.
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.EDIT)
    if identified is not None:
        require_reauthentication(identified)
    require_editor(loaded, identified)
    # An open edit is continued, so that a second press loses nothing.
    if loaded.application.draft is None:
        store_draft(loaded.application, editable_content(loaded), now=now)
