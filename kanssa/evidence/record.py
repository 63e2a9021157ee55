"""The only module that writes the event log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kanssa.database import commit_outcome
from kanssa.evidence.events import EventKind
from kanssa.evidence.models import Event, Statement
from kanssa.values.actor import Actor
from kanssa.vault import open_json, seal_json


def record(
    kind: EventKind,
    *,
    actor: Actor,
    now: datetime,
    application_id: UUID | None = None,
    applicant_id: UUID | None = None,
    words: str = "",
    **facts: Any,
) -> None:
    """Record that `actor` did `kind` at `now`, in the caller's transaction.

    `words` is a staff member's explanation; it is sealed and stored beside the log. Raises TypeError for a
    fact that the kind does not name.
    """
    if unknown := facts.keys() - kind.facts:
        raise TypeError(f"{kind} holds no {', '.join(sorted(unknown))}: see kanssa/evidence/events.py")
    event = Event.objects.create(
        at=now,
        kind=kind.value,
        actor_kind=actor.kind,
        actor_id=actor.id,
        application_id=application_id,
        applicant_id=applicant_id,
        facts=facts,
    )
    # If the answer to COMMIT is lost, this event tells whether the transaction was committed.
    commit_outcome.set_mark(commit_outcome.CommitMark(event.pk, now, kind.value))
    if words:
        statement = Statement(event=event)
        statement.words_sealed = seal_json(words, bound_to=_bound_to(statement))
        statement.save(force_insert=True)


def explanation_on(event: Event) -> str:
    statement: Statement | None = getattr(event, "statement", None)
    if statement is None:
        return ""
    words: str = open_json(bytes(statement.words_sealed), bound_to=_bound_to(statement))
    return words


def _bound_to(statement: Statement) -> str:
    return f"statement:{statement.pk}"
