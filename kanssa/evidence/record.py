"""The one way to write the event log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kanssa.evidence.models import Event
from kanssa.values.actor import Actor


def record(
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    application_id: UUID | None = None,
    applicant_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Write that `actor` did `kind` at `now`, in the caller's transaction."""
    Event.objects.create(
        at=now,
        kind=kind,
        actor_kind=actor.kind,
        actor_id=actor.id,
        application_id=application_id,
        applicant_id=applicant_id,
        facts=facts,
    )
