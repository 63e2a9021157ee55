from datetime import datetime
from uuid import UUID

from kanssa.applications.drafts import begin_draft
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def start_application(*, language: str, actor: Actor, now: datetime) -> UUID:
    """Begin an empty draft in this browser; its id is what the browser holds on to."""
    draft = begin_draft(language=language, now=now)
    record("draft-begun", actor=actor, now=now, application_id=draft.pk)
    return draft.pk
