"""Links by which a draft is gone on with in another browser (DOMAIN, rule 10)."""

import secrets
from datetime import datetime
from uuid import UUID

from kanssa.applications.drafts import too_old_at
from kanssa.applications.invitations import hash_of
from kanssa.applications.models import Application, DraftLink
from kanssa.applications.refusals import DraftLinkDead, DraftLinkSpent, DraftWasSent, NoSuchDraftLink
from kanssa.applications.times import last_day_before
from kanssa.messages.letters import Topic, write_letter


def send_link(draft: Application, *, address: str, language: str, now: datetime) -> None:
    """Write a letter with a link to a locked draft; a former link dies at once.

    Nobody has identified, so the letter calls nobody by name.
    """
    DraftLink.objects.living().filter(application=draft).update(ended_at=now)
    token = secrets.token_urlsafe(32)
    link = DraftLink.objects.create(application=draft, token_hash=hash_of(token), sent_at=now)
    write_letter(
        Topic.DRAFT_LINK,
        cause=f"draft-link:{link.pk}",
        address=address,
        language=language,
        says={
            "first_name": "",
            "token": token,
            "last_day": last_day_before(too_old_at(draft)).isoformat(),
        },
        now=now,
        application_id=draft.pk,
    )


def draft_behind(token: str, *, now: datetime) -> UUID:
    """Find the draft that a link opens; writes nothing.

    Raises NoSuchDraftLink, DraftLinkSpent, DraftWasSent, DraftLinkDead.
    """
    link = DraftLink.objects.select_related("application").filter(token_hash=hash_of(token)).first()
    if link is None:
        raise NoSuchDraftLink
    if link.application.sent_at is not None:
        raise DraftWasSent
    if link.ended_at is not None:
        raise DraftLinkSpent
    if now >= too_old_at(link.application):
        raise DraftLinkDead
    return link.application_id
