from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, locked_draft, write_draft
from kanssa.applications.refusals import TooManyCoApplicants, TooManyResidents
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What saving did; `overwrote_newer`: another tab had saved since this page was opened."""

    content: Content
    overwrote_newer: bool


@use_case
def save_draft(
    *,
    application_id: UUID,
    change: Callable[[Content], Content],
    seen_revision: int,
    actor: Actor,  # noqa: ARG001 every deed says whose it is; drafts are not evidence
    now: datetime,
) -> SavedDraft:
    """Keep what one page of the form says; the newer save wins.

    Refuses: NoSuchApplication, TooManyCoApplicants, TooManyResidents.
    """
    draft = locked_draft(application_id)
    content = change(content_of(draft))
    if len(content.co_applicant_ids) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    if len(content.residents) > settings.MOST_RESIDENTS:
        raise TooManyResidents
    overwrote_newer = seen_revision < draft.draft_revision
    write_draft(draft, content, now=now)
    return SavedDraft(content, overwrote_newer)
