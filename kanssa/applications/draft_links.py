"""Links by which a draft is gone on with in another browser (DOMAIN, rule 10)."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.applications.drafts import too_old_at
from kanssa.applications.invitations import hash_of
from kanssa.applications.models import Application, DraftLink
from kanssa.applications.refusals import DraftLinkDead, DraftLinkSpent, DraftWasSent, NoSuchDraftLink
from kanssa.applications.times import last_day_before
from kanssa.messages.letters import Topic, count_to, write_letter

_DAY = timedelta(days=1)


def has_room_for_a_link(draft: Application, address: str, *, now: datetime) -> bool:
    """Whether an address, and a draft, got fewer links today than they may get.

    Anybody can begin a draft and type anybody's address.
    """
    written = count_to(address, topic=Topic.DRAFT_LINK, since=now - _DAY)
    made = DraftLink.objects.filter(application=draft, sent_at__gt=now - _DAY).count()
    return max(written, made) < settings.DRAFT_LINKS_A_DAY


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
