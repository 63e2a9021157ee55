"""Limits on what visitors can cause before they identify: messages to any mailbox, and recorded refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.accounts.rate_limits import Limit, add_attempt, count_attempts
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.messages.queue import mailbox_lookup_of

_DAY = timedelta(days=1)
_NETWORK: ContextVar[str] = ContextVar("network", default="")


@contextmanager
def from_network(network: str) -> Iterator[None]:
    before = _NETWORK.set(network)
    try:
        yield
    finally:
        _NETWORK.reset(before)


def may_record_refusal(action: str, *, now: datetime) -> bool:
    subject = f"{_NETWORK.get()} {action}"
    # Commands and the worker have no network address: record their refusals without a limit.
    if not _NETWORK.get():
        return True
    # The event log is append-only, so one network address may add only a limited number of events an hour.
    limit = Limit(
        "refusals-recorded", subject, settings.MAX_RECORDED_REFUSALS_PER_HOUR, settings.ADDRESS_LIMIT_WINDOW
    )
    return add_attempt(limit, now=now).count <= limit.most


def visitor_limit_of(email: str) -> Limit:
    return Limit("strangers-messages", mailbox_key_of(email), settings.MAX_DAILY_VISITOR_MESSAGES, _DAY)


def may_message(email: str, *, now: datetime) -> bool:
    try:
        count_attempts([visitor_limit_of(email)], now=now)
    except TooManyAttempts:
        return False
    return True


def mailbox_key_of(email: str) -> str:
    """Return a key for the mailbox behind an address: `aino+1@…` and `aino+2@…` share one."""
    return mailbox_lookup_of(email).hex()
