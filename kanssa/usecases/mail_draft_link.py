from datetime import datetime
from uuid import UUID

from kanssa.applications.draft_links import has_room_for_a_link, send_link
from kanssa.applications.drafts import locked_draft
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def mail_draft_link(
    *, application_id: UUID, address: str, language: str, actor: Actor, now: datetime
) -> None:
    """Mail a link to go on with a draft on any device; a former link dies.

    An address, or a draft, that got as many today as it may gets none, and nobody is told.
    Refuses: NoSuchApplication.
    """
    draft = locked_draft(application_id)
    if not has_room_for_a_link(draft, address, now=now):
        return
    send_link(draft, address=address, language=language, now=now)
    record("draft-link-sent", actor=actor, now=now, application_id=application_id)
