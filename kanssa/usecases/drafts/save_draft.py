from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.drafts import (
    draft_content_of,
    require_size,
    store_draft,
    store_if_unchanged,
)
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.content import Content
from kanssa.applications.content.validation import named_co_applicants
from kanssa.applications.models import Application
from kanssa.applications.reading.view_models import DraftView
from kanssa.applications.refusals import TooManyCoApplicants, TooManyResidents
from kanssa.applications.states import Action, State
from kanssa.applications.transitions.editing import require_editor
from kanssa.applications.transitions.locking import locked
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """The saved content; `overwrote_newer`: another tab had saved since this page was opened."""

    content: Content
    overwrote_newer: bool


@use_case(Action.SAVE_DRAFT)
def save_draft(
    *,
    application_id: UUID,
    change: Callable[[Content], Content],
    seen_revision: int,
    actor: Actor,  # noqa: ARG001 every use case takes it; drafts are not evidence
    now: datetime,
    identified: Identified | None = None,
    read: DraftView | None = None,
) -> SavedDraft:
    """Save one page of the form; the newer save wins.

    `read` is the draft as the page has just read it. After sending, only the person who may edit the
    application can save.
    Refuses: NoSuchApplication, AlreadySent, TooManyCoApplicants, TooManyResidents, DraftTooLarge,
    NotAllowedNow, NotIdentified, ReauthenticationRequired, SomeoneElse.
    """
    if read is not None and not read.is_edit:
        content = _changed(read.content, change)
        # The revision takes the place of the lock: another save or the sending in between changes it.
        if store_if_unchanged(application_id, content, revision=read.revision, now=now):
            return SavedDraft(content, seen_revision < read.revision)
    draft = _locked(application_id, identified, now)
    content = _changed(draft_content_of(draft), change)
    # The newer save wins, but the page tells the applicant that another tab saved too.
    overwrote_newer = seen_revision < draft.draft_revision
    store_draft(draft, content, now=now)
    return SavedDraft(content, overwrote_newer)


def _changed(before: Content, change: Callable[[Content], Content]) -> Content:
    content = change(before)
    # On every save too, not only on sending: the draft must stay small.
    if len(named_co_applicants(content)) > settings.MAX_CO_APPLICANTS:
        raise TooManyCoApplicants
    if len(content.residents) > settings.MAX_RESIDENTS:
        raise TooManyResidents
    # Any browser may save a draft: storage is bounded.
    require_size(content.as_json())
    return content


def _locked(application_id: UUID, identified: Identified | None, now: datetime) -> Application:
    loaded = locked(application_id, now=now)
    if loaded.state is not State.DRAFT:
        loaded.require(Action.EDIT)
        if identified is not None:
            require_reauthentication(identified)
        require_editor(loaded, identified)
    return loaded.application
