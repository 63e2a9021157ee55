"""When a message about an application may leave: without flooding a mailbox or losing what it must get.

Each mailbox has two daily shares over all applications: one for the first message of each topic about an
application, and one for repeated messages. So repeated messages never delay the first message of another
application. A message that exceeds today's share leaves later by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from kanssa.messages.delivery_states import FAILED_STATES, Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.queue import SendPlan, Topic, cancel_all, mailbox_lookup_of

FIRST, REPEATED = "first", "repeated"
_DAY = timedelta(days=1)
_CAUSED_BY_APPLICANTS = frozenset(
    {
        Topic.INVITATION,
        Topic.ALL_CONFIRMED,
        Topic.CONFIRMED_ELSEWHERE,
        Topic.CHANGE,
        Topic.FALLEN_BACK,
        Topic.REPLACED,
        Topic.REMOVED,
        Topic.WITHDRAWN,
        Topic.NOW_MAIN,
        Topic.CONTACT_CHANGED,
    }
)
"""Topics that applicants can trigger repeatedly; a newer message replaces an older one."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An adult of an application at an e-mail address."""

    application_id: UUID
    applicant_id: UUID
    address: str


def plan_sending(topic: Topic, to: Recipient, *, now: datetime) -> SendPlan:
    """Decide when a message may leave. A newer message takes the slot of the one that it replaces.

    `kanssa/accounts/visitor_limits.py` limits what visitors cause before the main applicant has
    identified.
    """
    if topic is Topic.RECEIVED:
        return SendPlan(leaves_at=now)
    written = _written_to(to.address)
    alike = written.filter(topic=topic, application_id=to.application_id)
    own = alike.filter(applicant_id=to.applicant_id)
    is_repeatable = topic in _CAUSED_BY_APPLICANTS
    if is_repeatable and (slot := _slot_of_waiting(own, now)):
        return slot
    share = REPEATED if alike.exists() else FIRST
    times = [_next_free_time(written.filter(share=share), _most(share), now)]
    if is_repeatable:
        # A message that failed must not delay the next one to a corrected address.
        may_have_arrived = own.exclude(delivery__in=FAILED_STATES)
        times.append(_next_free_time(may_have_arrived, 1, now, within=_cool_down(topic)))
        times.append(_next_free_time(alike, _most_of(topic), now))
    return SendPlan(leaves_at=max(times), share=share)


def _slot_of_waiting(own: QuerySet[Message], now: datetime) -> SendPlan | None:
    waiting = own.filter(delivery=Delivery.WAITING, planned_at__gt=now).first()
    if waiting is None or waiting.planned_at is None:
        return None
    cancel_all(own.filter(pk=waiting.pk), DeliveryReason.NEWER, now=now)
    return SendPlan(leaves_at=waiting.planned_at, share=waiting.share)


def _written_to(address: str) -> QuerySet[Message]:
    # Messages sent or planned to a mailbox, however its address was written.
    unsent = Q(delivery=Delivery.CANCELLED, sent_at=None)
    paced = Message.objects.filter(mailbox_lookup=mailbox_lookup_of(address), planned_at__isnull=False)
    return paced.exclude(unsent)


def _next_free_time(
    written: QuerySet[Message], most: int, now: datetime, *, within: timedelta = _DAY
) -> datetime:
    # Return the first time with fewer than `most` messages within the preceding period.
    since = written.filter(planned_at__gt=now - within).order_by("-planned_at")
    latest = list(since.values_list("planned_at", flat=True)[:most])
    return latest[-1] + within if len(latest) == most and latest[-1] else now


def _most(share: str) -> int:
    return settings.MAX_DAILY_FIRST_MESSAGES if share == FIRST else settings.MAX_DAILY_REPEATED_MESSAGES


def _most_of(topic: Topic) -> int:
    is_link = topic is Topic.INVITATION
    return settings.MAX_DAILY_INVITATIONS if is_link else settings.MAX_DAILY_MESSAGES_PER_TOPIC


def _cool_down(topic: Topic) -> timedelta:
    return settings.INVITATION_COOL_DOWN if topic is Topic.INVITATION else settings.MESSAGE_COOL_DOWN
