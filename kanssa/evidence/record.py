"""The one way to write the event log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kanssa.database import commit_outcome
from kanssa.evidence.models import Event, Statement
from kanssa.values.actor import Actor
from kanssa.vault import open_json, seal_json


def record(
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    application_id: UUID | None = None,
    applicant_id: UUID | None = None,
    words: str = "",
    **facts: Any,
) -> None:
    """Write that `actor` did `kind` at `now`, in the caller's transaction.

    `words` is what somebody of the staff wrote about it: sealed, beside the log.
    """
    event = Event.objects.create(
        at=now,
        kind=kind,
        actor_kind=actor.kind,
        actor_id=actor.id,
        application_id=application_id,
        applicant_id=applicant_id,
        facts=facts,
    )
    commit_outcome.set_mark(commit_outcome.CommitMark(event.pk, now, kind))
    if words:
        statement = Statement(event=event)
        statement.words_sealed = seal_json(words, bound_to=_bound_to(statement))
        statement.save(force_insert=True)


def explanation_on(event: Event) -> str:
    """What was written about a deed, or empty."""
    statement: Statement | None = getattr(event, "statement", None)
    if statement is None:
        return ""
    words: str = open_json(bytes(statement.words_sealed), bound_to=_bound_to(statement))
    return words


def _bound_to(statement: Statement) -> str:
    return f"statement:{statement.pk}"
