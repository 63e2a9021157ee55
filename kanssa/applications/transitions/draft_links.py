"""Mailed links for continuing a draft in another browser (DOMAIN, rule 10)."""

from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import draft_expires_at
from kanssa.applications.models import Application, DraftLink
from kanssa.applications.refusals import DraftLinkDead, DraftLinkSpent, DraftWasSent, NoSuchDraftLink
from kanssa.calendar.days import last_day_before
from kanssa.links.mailed_link import hash_token, new_token
from kanssa.messages.queue import queue_message
from kanssa.messages.topics import Topic


def send_draft_link(draft: Application, *, address: str, language: str, now: datetime) -> None:
    # One active link: a mail to a mistyped address must lose its power at once.
    DraftLink.objects.filter(application=draft).end(now=now)
    token = new_token()
    link = DraftLink.objects.create(application=draft, token_hash=hash_token(token), sent_at=now)
    # No person has identified yet, so the message names no one.
    queue_message(
        Topic.DRAFT_LINK,
        cause=f"draft-link:{link.pk}",
        address=address,
        language=language,
        payload={
            "first_name": "",
            "token": token,
            "last_day": last_day_before(draft_expires_at(draft)).isoformat(),
        },
        now=now,
        application_id=draft.pk,
    )


def draft_of_link(token: str, *, now: datetime) -> UUID:
    """Find the draft that a link opens; writes nothing.

    Raises NoSuchDraftLink, DraftLinkSpent, DraftWasSent, DraftLinkDead.
    """
    link = DraftLink.objects.select_related("application").of_token(token).first()
    if link is None:
        raise NoSuchDraftLink
    # Before the link's own end: sending is the better answer.
    if link.application.sent_at is not None:
        raise DraftWasSent
    if link.ended_at is not None:
        raise DraftLinkSpent
    if now >= draft_expires_at(link.application):
        raise DraftLinkDead
    return link.application_id
