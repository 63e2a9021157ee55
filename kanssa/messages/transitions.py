"""A message goes from one state of its delivery to the next; nothing else writes the state."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from kanssa.messages.delivery_states import (
    FAILED_STATES,
    TRANSITIONS,
    UNSENT,
    Delivery,
    DeliveryReason,
    Verdict,
)
from kanssa.messages.models import Message
from kanssa.messages.queue import Topic, email_lookup_of, wake_worker

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_MOST_DOUBLINGS = 10


def lock_next_due(*, now: datetime, excluding: set[bytes]) -> Message | None:
    """Lock the oldest message that is to be sent now, but to these domains."""
    due = Message.objects.filter(delivery__in=UNSENT, send_at__lte=now).exclude(domain_lookup__in=excluding)
    locked = due.select_for_update(skip_locked=True, of=("self",))
    return locked.order_by("send_at", "written_at", "pk").first()


def hand_over(message: Message, *, now: datetime) -> None:
    """A mail server took it. What it holds is kept while it may come back."""
    _enter(message, Delivery.HANDED_OVER)
    message.sent_at, message.send_at, message.failed_at = now, None, None
    message.failure = message.failure_code = ""
    if not settings.BOUNCE_ADDRESS:
        message.sealed = None
    message.save()


def postpone(message: Message, verdict: Verdict, *, now: datetime) -> None:
    """Note a fault that may pass; the message is sent again after a pause that doubles each time."""
    _enter(message, verdict.delivery)
    _note(message, verdict)
    message.send_at = now + _pause_after(message.attempts)
    message.attempts += 1
    message.save()


def give_up(message: Message, verdict: Verdict, *, now: datetime) -> None:
    """Note a fault after which it is not sent again, unless a person says so."""
    _enter(message, verdict.delivery)
    _note(message, verdict)
    message.send_at, message.failed_at = None, now
    message.save()
    if verdict.delivery is Delivery.SET_ASIDE:
        log.error(
            "a message is set aside",
            alarm="mail-set-aside",
            topic=message.topic,
            reason=verdict.reason,
            said=message.failure_code,
        )


def cancel(message: Message, reason: DeliveryReason, *, now: datetime) -> None:
    """It is not needed any more."""
    give_up(message, Verdict(Delivery.CANCELLED, reason), now=now)
    Message.objects.filter(pk=message.pk).update(sealed=None)


def mark_delayed(message: Message, verdict: Verdict) -> None:
    """A mail server says that it still tries: not for us to send again."""
    _enter(message, Delivery.DELAYED)
    _note(message, verdict)
    message.send_at = None
    message.save()


def mark_returned(message: Message, verdict: Verdict, *, now: datetime) -> None:
    """What was handed over came back: try it again while that may help, else give it up."""
    if message.trying_since in (message.written_at, message.planned_at):
        message.trying_since = now  # the other server tried for days; now it is for us
    may_help = verdict.delivery in {Delivery.DELAYED, Delivery.HELD}
    if not may_help:
        give_up(message, verdict, now=now)
    elif message.sealed is None or is_too_old(message, now=now):
        give_up(message, Verdict(Delivery.SET_ASIDE, verdict.reason, verdict.code), now=now)
    else:
        message.attempts = max(message.attempts, 1)
        postpone(message, verdict, now=now)


def is_too_old(message: Message, *, now: datetime) -> bool:
    """Whether it was tried for as many days as a message is."""
    return now - (message.trying_since or message.written_at) >= settings.MAIL_RETRY_PERIOD


def requeue_failed(
    applicant_id: UUID, address: str, *, excluding: Collection[Topic] = (), now: datetime
) -> int:
    """Send again what did not reach an adult at an address and can still be opened; gives how many."""
    failed = Message.objects.filter(applicant_id=applicant_id, address_lookup=email_lookup_of(address))
    return _requeue(failed.filter(delivery__in=FAILED_STATES).exclude(topic__in=excluding), now)


def may_have_arrived(applicant_id: UUID, address: str, *, topic: Topic) -> bool:
    """Whether the latest message of a topic to an adult went to this address, and did not come back."""
    written = Message.objects.filter(applicant_id=applicant_id, topic=topic).order_by("-written_at")
    latest = written.values_list("address_lookup", "delivery").first()
    return (
        latest is not None and bytes(latest[0]) == email_lookup_of(address) and latest[1] not in FAILED_STATES
    )


def requeue_set_aside(*, now: datetime) -> int:
    """Send again all that was set aside, once its fault is cured; gives how many."""
    return _requeue(Message.objects.filter(delivery=Delivery.SET_ASIDE), now)


def erase_set_aside() -> int:
    """Empty what was set aside and is not to be sent again; gives how many."""
    set_aside = Message.objects.filter(delivery=Delivery.SET_ASIDE, sealed__isnull=False)
    return set_aside.update(sealed=None)


def erase_contents(*, now: datetime) -> int:
    """Empty the messages that cannot come back or be sent again any more; gives how many."""
    since = now - settings.MAIL_BOUNCE_PERIOD
    arrived = Q(sent_at__lte=since, send_at=None, failed_at=None)
    return Message.objects.filter(arrived | Q(failed_at__lte=since), sealed__isnull=False).update(sealed=None)


def _requeue(failed: QuerySet[Message], now: datetime) -> int:
    again = failed.filter(sealed__isnull=False).update(
        delivery=Delivery.WAITING, send_at=now, trying_since=now, failed_at=None, attempts=0
    )
    if again:
        wake_worker()
    return again


def _enter(message: Message, state: Delivery) -> None:
    if state not in TRANSITIONS[Delivery(message.delivery)]:
        raise ValueError(f"{state} does not follow {message.delivery}")
    message.delivery = state


def _note(message: Message, verdict: Verdict) -> None:
    message.failure, message.failure_code = verdict.reason, verdict.code[:60]


def _pause_after(attempts: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << min(attempts, _MOST_DOUBLINGS)), _LONGEST_PAUSE)
