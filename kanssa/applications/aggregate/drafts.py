import json
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from kanssa.applications.aggregate.salts import new_salt
from kanssa.applications.content.content import Content, Facts, start
from kanssa.applications.models import Application, draft_is_bound_to
from kanssa.applications.refusals import AlreadySent, DraftTooLarge, NoSuchApplication
from kanssa.applications.states import State
from kanssa.calendar.days import day_of, end_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM
from kanssa.vault import open_json, seal_json

# No 0, O, 1 or I: it is read aloud and typed from paper.
_REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BATCH = 500
_STORE = """
UPDATE applications_application SET draft = %(draft)s, draft_revision = draft_revision + 1,
    draft_saved_at = %(now)s, language = coalesce(%(language)s, language)
WHERE id = %(id)s AND draft_revision = %(revision)s AND sent_at IS NULL
"""


def begin_draft(*, language: str, now: datetime) -> Application:
    draft = Application(language=language, begun_at=now, draft_saved_at=now)
    draft.salt_sealed = new_salt(draft.pk)
    draft.draft = _sealed(draft.pk, start(uuid4(), language=language))
    draft.save(force_insert=True)
    return draft


def locked_draft(application_id: UUID) -> Application:
    """Lock a draft. Raises NoSuchApplication if there is none, or if it was sent."""
    draft = Application.objects.select_for_update().filter(pk=application_id, sent_at=None).first()
    if draft is None:
        raise NoSuchApplication
    return draft


def draft_expires_at(draft: Application) -> datetime:
    changed_on = day_of(draft.draft_saved_at or draft.begun_at)
    return end_of(changed_on + timedelta(days=settings.DRAFT_DAYS))


def delete_old_drafts(*, now: datetime) -> int:
    changed_since = end_of(day_of(now) - timedelta(days=settings.DRAFT_DAYS + 1))
    old = Application.objects.filter(state=State.DRAFT, sent_at=None, draft_saved_at__lt=changed_since)
    deleted = 0
    # A draft that is being saved at the same moment is skipped.
    while count := _delete_some(old, now):
        deleted += count
    return deleted


@transaction.atomic
def _delete_some(old: QuerySet[Application], now: datetime) -> int:
    # Batches keep each transaction short; SKIP LOCKED never waits for an applicant who is saving.
    oldest = old.select_for_update(skip_locked=True).order_by("draft_saved_at")
    ids = list(oldest.values_list("pk", flat=True)[:_BATCH])
    if ids:
        Application.objects.filter(pk__in=ids).delete()
        record(EventKind.DRAFTS_DELETED, actor=SYSTEM, now=now, count=len(ids))
    return len(ids)


def draft_content_of(draft: Application) -> Content:
    """Open the content of a draft or of an edit.

    Raises NoSuchApplication, AlreadySent (sent, and no edit is open).
    """
    if draft.draft is None:
        raise NoSuchApplication if draft.sent_at is None else AlreadySent
    return Content.from_json(open_json(draft.draft, bound_to=draft_is_bound_to(draft.pk)))


def require_size(content: Facts) -> None:
    """Refuse content larger than a draft may be, in bytes of the stored JSON. Refuses: DraftTooLarge."""
    if len(json.dumps(content, ensure_ascii=False).encode()) > settings.MAX_DRAFT_BYTES:
        raise DraftTooLarge


def store_draft(draft: Application, content: Content, *, now: datetime) -> None:
    draft.draft = _sealed(draft.pk, content)
    draft.draft_revision += 1
    draft.draft_saved_at = now
    if draft.sent_at is None:
        draft.language = content.application.get("language", draft.language)
    draft.save(update_fields=["draft", "draft_revision", "draft_saved_at", "language"])


def store_if_unchanged(draft_id: UUID, content: Content, *, revision: int, now: datetime) -> bool:
    """Store the next revision of a draft that still is at `revision`; tells whether it was."""
    given = {
        "id": draft_id,
        "draft": _sealed(draft_id, content),
        "revision": revision,
        "now": now,
        "language": content.application.get("language"),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        return bool(cursor.rowcount == 1)


def discard_draft(application: Application) -> None:
    application.draft = None
    application.save(update_fields=["draft"])


def new_reference(now: datetime) -> str:
    """Make a reference such as `H-26-7K3Q-XW`: the year, and 30 random bits."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6))
    return f"H-{now:%y}-{letters[:4]}-{letters[4:]}"


def _sealed(draft_id: UUID, content: Content) -> bytes:
    return seal_json(content.as_json(), bound_to=draft_is_bound_to(draft_id))
