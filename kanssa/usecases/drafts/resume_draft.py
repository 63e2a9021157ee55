from datetime import datetime
from uuid import UUID

from kanssa.applications.states import Action
from kanssa.applications.transitions.draft_links import draft_of_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.RESUME_DRAFT)
def resume_draft(*, token: str, actor: Actor, now: datetime) -> UUID:
    """Continue the draft of a mailed link; gives its id, for the browser's hold.

    The link keeps opening it until it is replaced, the draft is sent, or the draft is too old.
    Refuses: NoSuchDraftLink, DraftLinkSpent, DraftWasSent, DraftLinkDead.
    """
    application_id = draft_of_link(token, now=now)
    record(EventKind.DRAFT_RESUMED, actor=actor, now=now, application_id=application_id)
    return application_id
