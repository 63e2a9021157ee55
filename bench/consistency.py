"""After measuring: whether the database holds what was pressed, once each."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from bench.confirming_leg import WaitingApplication
from kanssa.applications.models import Confirmation, Seat
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import Topic


class InconsistentResult(Exception):
    """Something was lost, or done twice."""


def check(legs: Sequence[WaitingApplication]) -> None:
    """Each leg left one confirmation, event, seat and letter. Raises InconsistentResult."""
    ids = [leg.application_id for leg in legs]
    letters = Message.objects.filter(topic=Topic.ALL_CONFIRMED, sent_at__isnull=False)
    rows: dict[str, QuerySet[Confirmation] | QuerySet[Event] | QuerySet[Seat] | QuerySet[Message]] = {
        "living confirmation": Confirmation.objects.filter(ended_at__isnull=True),
        "event `confirmed`": Event.objects.filter(kind="confirmed"),
        "event `became-valid`": Event.objects.filter(kind="became-valid"),
        "seat": Seat.objects.all(),
        "letter that was sent": letters,
    }
    for what, found in rows.items():
        _require_one_each(ids, what, list(found.values_list("application_id", flat=True)))


def _require_one_each(ids: Sequence[UUID], what: str, found: Sequence[UUID | None]) -> None:
    if Counter(found) != Counter(ids):
        raise InconsistentResult(f"{len(ids)} legs left {len(found)} times a {what}, not one each")
