"""When a message about an application may leave: without flooding a mailbox or losing what it must get.

Each mailbox has two daily shares over all applications: one for the first message of each topic about an
application, and one for repeated messages. So repeated messages never delay the first message of another
application. A message that exceeds today's share leaves later by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from kanssa.messages.delivery_states import FAILED_STATES, Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.queue import SendPlan, cancel_all, mailbox_lookup_of
from kanssa.messages.topics import Topic

FIRST, REPEATED = "first", "repeated"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An adult of an application at an e-mail address."""

    application_id: UUID
    applicant_id: UUID
    address: str


def plan_sending(topic: Topic, to: Recipient, *, now: datetime) -> SendPlan:
    # The sender waits for it on the page; it has a limit of its own.
    if topic is Topic.RECEIVED:
        return SendPlan(leaves_at=now)
    written = _written_to(to.address, topic, to.application_id, now)
    alike = [each for each in written if each.topic == topic and each.application_id == to.application_id]
    own = [each for each in alike if each.applicant_id == to.applicant_id]
    # A newer message takes the slot of the one that it replaces.
    if topic.is_repeatable and (slot := _slot_of_waiting(own, now)):
        return slot
    share = REPEATED if alike else FIRST
    times = [_next_free_time([each for each in written if each.share == share], _most(share), now)]
    if topic.is_repeatable:
        may_have_arrived = [each for each in own if each.delivery not in FAILED_STATES]
        times.append(_next_free_time(may_have_arrived, 1, now, within=_cool_down(topic)))
        times.append(_next_free_time(alike, _most_of(topic), now))
    return SendPlan(leaves_at=max(times), share=share)


def _slot_of_waiting(own: list[Message], now: datetime) -> SendPlan | None:
    for each in own:
        if each.delivery == Delivery.WAITING and each.planned_at and each.planned_at > now:
            cancel_all(Message.objects.filter(pk=each.pk), DeliveryReason.NEWER, now=now)
            return SendPlan(leaves_at=each.planned_at, share=each.share)
    return None


def _written_to(address: str, topic: Topic, application_id: UUID, now: datetime) -> list[Message]:
    unsent = Q(delivery=Delivery.CANCELLED, sent_at=None)
    counts = Q(planned_at__gt=now - _DAY) | Q(topic=topic, application_id=application_id)
    paced = Message.objects.filter(
        counts, mailbox_lookup=mailbox_lookup_of(address), planned_at__isnull=False
    )
    return list(paced.exclude(unsent).defer("sealed").order_by("-planned_at"))


def _next_free_time(
    written: list[Message], most: int, now: datetime, *, within: timedelta = _DAY
) -> datetime:
    # `written` has the latest first: once the oldest of `most` is out of the period, another may leave.
    planned = [each.planned_at for each in written if each.planned_at and each.planned_at > now - within]
    return planned[most - 1] + within if len(planned) >= most else now


def _most(share: str) -> int:
    return settings.MAX_DAILY_FIRST_MESSAGES if share == FIRST else settings.MAX_DAILY_REPEATED_MESSAGES


def _most_of(topic: Topic) -> int:
    is_link = topic is Topic.INVITATION
    return settings.MAX_DAILY_INVITATIONS if is_link else settings.MAX_DAILY_MESSAGES_PER_TOPIC


def _cool_down(topic: Topic) -> timedelta:
    return settings.INVITATION_COOL_DOWN if topic is Topic.INVITATION else settings.MESSAGE_COOL_DOWN
