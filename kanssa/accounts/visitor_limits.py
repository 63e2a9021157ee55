"""What visitors who have not identified may cause: messages to a mailbox that may be anybody's."""

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
    """Know the network address that a request comes from while it is served."""
    before = _NETWORK.set(network)
    try:
        yield
    finally:
        _NETWORK.reset(before)


def may_record_refusal(action: str, *, now: datetime) -> bool:
    """Count a refusal of a visitor who has not identified; gives whether it goes into the evidence.

    The evidence cannot be shortened, so a network address fills only so much of it in an hour.
    """
    subject = f"{_NETWORK.get()} {action}"
    if not _NETWORK.get():
        return True
    limit = Limit(
        "refusals-recorded", subject, settings.MAX_RECORDED_REFUSALS_PER_HOUR, settings.ADDRESS_LIMIT_WINDOW
    )
    return add_attempt(limit, now=now).count <= limit.most


def visitor_limit_of(email: str) -> Limit:
    """The limit of all such messages to one mailbox, whatever they are about."""
    return Limit("strangers-messages", mailbox_key_of(email), settings.MAX_DAILY_VISITOR_MESSAGES, _DAY)


def may_message(email: str, *, now: datetime) -> bool:
    """Count a message of a stranger to a mailbox; gives whether it may be sent."""
    try:
        count_attempts([visitor_limit_of(email)], now=now)
    except TooManyAttempts:
        return False
    return True


def mailbox_key_of(email: str) -> str:
    """Name the mailbox that an address leads to: `aino+1@…` and `aino+2@…` are one."""
    return mailbox_lookup_of(email).hex()
