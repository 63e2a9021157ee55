from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.checks import named_co_applicants
from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, require_size, write_draft
from kanssa.applications.editing import require_editor
from kanssa.applications.keeping import locked
from kanssa.applications.models import Application
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import TooManyCoApplicants, TooManyResidents
from kanssa.applications.states import Deed, State
from kanssa.identification.living import Identified
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
    identified: Identified | None = None,
) -> SavedDraft:
    """Keep what one page of the form says; the newer save wins.

    Of what was sent, only who may edit it. Refuses: NoSuchApplication, TooManyCoApplicants,
    TooManyResidents, DraftTooLarge, NotAllowedNow, NotIdentified, ProofNeeded, SomeoneElse.
    """
    draft = _locked(application_id, identified, now)
    content = change(content_of(draft))
    if len(named_co_applicants(content)) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    if len(content.residents) > settings.MOST_RESIDENTS:
        raise TooManyResidents
    require_size(content.as_json())
    overwrote_newer = seen_revision < draft.draft_revision
    write_draft(draft, content, now=now)
    return SavedDraft(content, overwrote_newer)


def _locked(application_id: UUID, identified: Identified | None, now: datetime) -> Application:
    household = locked(application_id, now=now)
    if household.state is not State.DRAFT:
        household.require(Deed.EDIT)
        if identified is not None:
            require_proof(identified)
        require_editor(household, identified)
    return household.application
