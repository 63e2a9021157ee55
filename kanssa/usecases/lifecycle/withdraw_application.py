from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.announcements import notify_withdrawn
from kanssa.applications.refusals import NotIdentified
from kanssa.applications.states import Action, State
from kanssa.applications.transitions.editing import require_editor
from kanssa.applications.transitions.invitations import end_invitation
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.WITHDRAW)
def withdraw_application(
    *, application_id: UUID, identified: Identified | None, actor: Actor, now: datetime
) -> None:
    """Withdraw the application.

    For the identified main applicant; before that for the sending browser, while no adult has confirmed; or
    for a clerk who serves the identified main applicant. No confirmation of another application changes.
    Refuses: ReauthenticationRequired, NoSuchApplication, NotAllowedNow, NotIdentified, SomeoneElse.
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.WITHDRAW)
    if identified is not None:
        require_reauthentication(identified)
    editor = require_editor(loaded, identified)
    if identified is None and any(map(loaded.effective_confirmation_of, loaded.applicants)):
        raise NotIdentified  # a browser alone must not end a confirmation
    loaded.end_as(State.WITHDRAWN, now)
    save(loaded)
    discard_draft(loaded.application)
    for applicant in loaded.applicants.values():
        end_invitation(loaded, applicant)
    record(EventKind.WITHDRAWN, actor=actor, now=now, application_id=application_id)
    notify_withdrawn(loaded, excluding=editor.pk)
