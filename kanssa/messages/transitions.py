"""State changes of a message's delivery; no other module writes the state."""

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
from kanssa.messages.queue import email_lookup_of, wake_worker
from kanssa.messages.topics import Topic

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_MOST_DOUBLINGS = 10


def lock_next_due(*, now: datetime, excluding: set[bytes]) -> Message | None:
    due = Message.objects.filter(delivery__in=UNSENT, send_at__lte=now).exclude(domain_lookup__in=excluding)
    # Skip locked rows, so that several workers can share the queue.
    locked = due.select_for_update(skip_locked=True, of=("self",))
    return locked.order_by("send_at", "written_at", "pk").first()


def hand_over(message: Message, *, now: datetime) -> None:
    _enter(message, Delivery.HANDED_OVER)
    message.sent_at, message.send_at, message.failed_at = now, None, None
    message.failure = message.failure_code = ""
    # Without a bounce address nothing can come back, so erase at once.
    if not settings.BOUNCE_ADDRESS:
        message.sealed = None
    message.save()


def postpone(message: Message, verdict: Verdict, *, now: datetime) -> None:
    _enter(message, verdict.delivery)
    _note(message, verdict)
    message.send_at = now + _pause_after(message.attempts)
    message.attempts += 1
    message.save()


def give_up(message: Message, verdict: Verdict, *, now: datetime) -> None:
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
    give_up(message, Verdict(Delivery.CANCELLED, reason), now=now)
    Message.objects.filter(pk=message.pk).update(sealed=None)


def mark_delayed(message: Message, verdict: Verdict) -> None:
    # Another mail server still tries to deliver, so we do not send it again.
    _enter(message, Delivery.DELAYED)
    _note(message, verdict)
    message.send_at = None
    message.save()


def mark_returned(message: Message, verdict: Verdict, *, now: datetime) -> None:
    if message.trying_since in (message.written_at, message.planned_at):
        message.trying_since = now  # the other server tried for days; our own retry period starts now
    may_help = verdict.delivery in {Delivery.DELAYED, Delivery.HELD}
    if not may_help:
        give_up(message, verdict, now=now)
    elif message.sealed is None or is_too_old(message, now=now):
        give_up(message, Verdict(Delivery.SET_ASIDE, verdict.reason, verdict.code), now=now)
    else:
        # After a bounce the first pause would be too short.
        message.attempts = max(message.attempts, 1)
        postpone(message, verdict, now=now)


def is_too_old(message: Message, *, now: datetime) -> bool:
    return now - (message.trying_since or message.written_at) >= settings.MAIL_RETRY_PERIOD


def requeue_failed(
    applicant_id: UUID, address: str, *, excluding: Collection[Topic] = (), now: datetime
) -> int:
    failed = Message.objects.filter(applicant_id=applicant_id, address_lookup=email_lookup_of(address))
    return _requeue(failed.filter(delivery__in=FAILED_STATES).exclude(topic__in=excluding), now)


def may_have_arrived(applicant_id: UUID, address: str, *, topic: Topic) -> bool:
    written = Message.objects.filter(applicant_id=applicant_id, topic=topic).order_by("-written_at")
    latest = written.values_list("address_lookup", "delivery").first()
    return (
        latest is not None and bytes(latest[0]) == email_lookup_of(address) and latest[1] not in FAILED_STATES
    )


def requeue_set_aside(*, now: datetime) -> int:
    return _requeue(Message.objects.filter(delivery=Delivery.SET_ASIDE), now)


def erase_set_aside() -> int:
    set_aside = Message.objects.filter(delivery=Delivery.SET_ASIDE, sealed__isnull=False)
    return set_aside.update(sealed=None)


def erase_contents(*, now: datetime) -> int:
    since = now - settings.MAIL_BOUNCE_PERIOD
    arrived = Q(sent_at__lte=since, send_at=None, failed_at=None)
    return Message.objects.filter(arrived | Q(failed_at__lte=since), sealed__isnull=False).update(sealed=None)


def _requeue(failed: QuerySet[Message], now: datetime) -> int:
    again = failed.filter(sealed__isnull=False).update(
        # A new retry period, as a person has decided to try again.
        delivery=Delivery.WAITING,
        send_at=now,
        trying_since=now,
        failed_at=None,
        attempts=0,
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
