from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.announcements import notify_withdrawn
from kanssa.applications.refusals import NotIdentified, SomethingChanged
from kanssa.applications.states import Action, State
from kanssa.applications.transitions.editing import require_editor
from kanssa.applications.transitions.invitations import end_invitation
from kanssa.applications.transitions.leaving import is_held_by_others, leave
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.WITHDRAW)
def withdraw_application(
    *,
    application_id: UUID,
    identified: Identified | None,
    actor: Actor,
    now: datetime,
    expects_end: bool | None = None,
) -> bool:
    """Withdraw the application, or only one's own part of it; tells whether the application has ended.

    For the identified main applicant; before that for the sending browser, while no adult has confirmed; or
    for a clerk who serves the identified main applicant. While another adult holds an active confirmation,
    the main applicant only leaves, and the others may continue (DOMAIN, rule 6). `expects_end` is what the
    page said beforehand. No confirmation of another application changes.
    Refuses: ReauthenticationRequired, NoSuchApplication, NotAllowedNow, NotIdentified, SomeoneElse,
    SomethingChanged (the page said otherwise).
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.WITHDRAW)
    if identified is not None:
        require_reauthentication(identified)
    editor = require_editor(loaded, identified)
    ends = not is_held_by_others(loaded, editor)
    if identified is None and not ends:
        raise NotIdentified  # a browser alone proves no identity, so it has no part of its own to end
    if expects_end is not None and expects_end is not ends:
        raise SomethingChanged
    if not ends:
        leave(loaded, editor, actor=actor)
        return False
    loaded.end_as(State.WITHDRAWN, now)
    save(loaded)
    discard_draft(loaded.application)
    for applicant in loaded.applicants.values():
        end_invitation(loaded, applicant)
    record(EventKind.WITHDRAWN, actor=actor, now=now, application_id=application_id)
    notify_withdrawn(loaded, excluding=editor.pk)
    return True
