"""What of the event log the desk looks back at."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from kanssa.evidence.models import Event


def last_done(
    kinds: Collection[str], *, application_id: UUID, since: datetime, but: UUID
) -> dict[UUID, datetime]:
    """Who did one of these with an application since then, and when last; `but` is who asks."""
    done = Event.objects.filter(application_id=application_id, kind__in=kinds, at__gt=since)
    pairs = done.exclude(actor_id=but).order_by("id").values_list("actor_id", "at")
    return {actor: at for actor, at in pairs if actor is not None}
