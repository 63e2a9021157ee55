"""Findings about outgoing mail, with the cure of each fault."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.identification.protocol import Finding
from kanssa.messages.health import MailHealth, mail_health


def find_mail_problems(*, now: datetime) -> Iterator[Finding]:
    health = mail_health(now)
    yield _waiting(health)
    yield from _pauses(health)
    if health.held:
        yield Finding(
            "soon",
            f"Messages held for a fault on our side, and tried again: {health.held}.",
            "The log of our mail server says which: relaying, policy, reputation or size.",
        )
    if health.set_aside:
        yield Finding(
            "fault",
            f"Messages set aside: {health.set_aside}.",
            "See `manage mail list`; cure the fault, then `manage mail retry`, or `manage mail dismiss`.",
        )
    if not settings.BOUNCE_ADDRESS:
        yield Finding("soon", "Mail that comes back is not read.", "Set KANSSA_BOUNCE_ADDRESS.")


def _waiting(health: MailHealth) -> Finding:
    oldest = health.oldest_waiting
    if oldest is None:
        return Finding(
            "well",
            f"No message waits. Messages tried again for a full mailbox or the like: {health.delayed}.",
        )
    summary = f"Messages that wait: {health.waiting}. Minutes that the oldest has waited: {_minutes(oldest)}."
    if oldest < settings.MAIL_OVERDUE_AFTER:
        return Finding("well", summary)
    return Finding("fault", summary, "See whether the worker runs and our mail server takes mail.")


def _pauses(health: MailHealth) -> Iterator[Finding]:
    cure = "The log of our mail server says why mail is refused; when that is cured, `manage mail resume`."
    if health.paused:
        yield Finding("fault", "All mail is paused: several domains refuse it for a fault on our side.", cure)
    if health.paused_domains:
        yield Finding("soon", f"Domains to which mail is paused: {health.paused_domains}.", cure)


def _minutes(age: timedelta) -> int:
    return int(age / timedelta(minutes=1))
