"""What visitors who have not identified may cause: messages to a mailbox that may be anybody's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.tries import Limit, count_try, take_tries
from kanssa.messages.letters import mailbox_lookup_of

_DAY = timedelta(days=1)
_NETWORK: ContextVar[str] = ContextVar("network", default="")


@contextmanager
def coming_from(network: str) -> Iterator[None]:
    """Know the network address that a request comes from while it is served."""
    before = _NETWORK.set(network)
    try:
        yield
    finally:
        _NETWORK.reset(before)


def may_be_recorded(action: str, *, now: datetime) -> bool:
    """Count a refusal of a visitor who has not identified; gives whether it goes into the evidence.

    The evidence cannot be shortened, so a network address fills only so much of it in an hour.
    """
    whose = f"{_NETWORK.get()} {action}"
    if not _NETWORK.get():
        return True
    limit = Limit("refusals-recorded", whose, settings.REFUSALS_RECORDED_AN_HOUR, settings.LIMITS_WITHIN)
    return count_try(limit, now=now).count <= limit.most


def of_strangers_to(email: str) -> Limit:
    """The limit of all such messages to one mailbox, whatever they are about."""
    return Limit("strangers-messages", mailbox_of(email), settings.STRANGERS_MESSAGES_A_DAY, _DAY)


def may_be_written_to(email: str, *, now: datetime) -> bool:
    """Count a message of a stranger to a mailbox; gives whether it may be sent."""
    try:
        take_tries([of_strangers_to(email)], now=now)
    except TooManyTries:
        return False
    return True


def mailbox_of(email: str) -> str:
    """Name the mailbox that an address leads to: `aino+1@…` and `aino+2@…` are one."""
    return mailbox_lookup_of(email).hex()
