"""Drafts: what somebody is still filling in."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from kanssa.applications.content import Content, start
from kanssa.applications.models import Application, draft_is_bound_to
from kanssa.applications.refusals import AlreadySent, NoSuchApplication
from kanssa.vault import open_json, seal_json

# No 0, O, 1 or I: it is read aloud and typed from paper.
_REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def begin_draft(*, language: str, now: datetime) -> Application:
    """Make an empty draft."""
    draft = Application(language=language, begun_at=now, draft_saved_at=now)
    draft.draft = _sealed(draft.pk, start(uuid4(), language=language))
    draft.save(force_insert=True)
    return draft


def content_of(draft: Application) -> Content:
    """Open what a draft, or an edit of something sent, says. Raises AlreadySent: nothing is edited."""
    if draft.draft is None:
        raise NoSuchApplication if draft.sent_at is None else AlreadySent
    return Content.from_json(open_json(draft.draft, bound_to=draft_is_bound_to(draft.pk)))


def write_draft(draft: Application, content: Content, *, now: datetime) -> None:
    """Keep what a draft says now, as its next revision."""
    draft.draft = _sealed(draft.pk, content)
    draft.draft_revision += 1
    draft.draft_saved_at = now
    if draft.sent_at is None:
        draft.language = content.application.get("language", draft.language)
    draft.save(update_fields=["draft", "draft_revision", "draft_saved_at", "language"])


def drop_draft(application: Application) -> None:
    """Forget what was being edited."""
    application.draft = None
    application.save(update_fields=["draft"])


def new_reference(now: datetime) -> str:
    """Make a reference such as `H-26-7K3Q-XW`: the year, and 30 random bits."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _place in range(6))
    return f"H-{now:%y}-{letters[:4]}-{letters[4:]}"


def _sealed(draft_id: UUID, content: Content) -> bytes:
    return seal_json(content.as_json(), bound_to=draft_is_bound_to(draft_id))
