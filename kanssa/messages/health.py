"""The state of outgoing mail, for operators and monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from kanssa.messages.delivery_states import UNSENT, Delivery
from kanssa.messages.models import Message
from kanssa.messages.pauses import paused


@dataclass(frozen=True, slots=True)
class MailHealth:
    """`held` wait for a fix on our side, `set_aside` for a person; `paused` is the whole queue.

    A set-aside message counts until it is sent again, dismissed, or erased for its age.
    """

    waiting: int
    oldest_waiting: timedelta | None
    delayed: int
    held: int
    set_aside: int
    paused: bool
    paused_domains: int


def mail_health(now: datetime) -> MailHealth:
    found = Message.objects.filter(delivery__in=[*UNSENT, Delivery.SET_ASIDE]).aggregate(
        waiting=Count("pk", filter=Q(delivery=Delivery.WAITING)),
        oldest=Min(
            # A message that must wait for its slot is not late.
            Coalesce("planned_at", "written_at"),
            filter=Q(delivery=Delivery.WAITING, send_at__lte=now),
        ),
        delayed=Count("pk", filter=Q(delivery=Delivery.DELAYED, send_at__isnull=False)),
        held=Count("pk", filter=Q(delivery=Delivery.HELD)),
        set_aside=Count("pk", filter=Q(delivery=Delivery.SET_ASIDE, sealed__isnull=False)),
    )
    pauses = paused(now=now)
    return MailHealth(
        waiting=found["waiting"],
        oldest_waiting=now - found["oldest"] if found["oldest"] else None,
        delayed=found["delayed"],
        held=found["held"],
        set_aside=found["set_aside"],
        paused=pauses.whole_queue,
        paused_domains=len(pauses.domains),
    )
