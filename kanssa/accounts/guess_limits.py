"""Limits on guessing passwords and codes (docs/decisions/0014).

A stranger's failures never lock out the owner in a browser in which they signed in before, nor a
whole network address whose other people type the right password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.accounts.rate_limits import Limit, add_attempt, uncount_attempts
from kanssa.accounts.staff_refusals import TooManyAttempts

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a guess comes from: the network, and the mark of a browser that this account knows."""

    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class CountedGuess:
    """A counted guess; the right one is given back."""

    counted_limits: list[Limit]

    def uncount(self) -> None:
        """Uncount it: only failures use up the limits."""
        uncount_attempts(self.counted_limits)


def count_guess(
    kind: str, account: str, caller: Caller, *, here: int | None = None, now: datetime
) -> CountedGuess:
    """Count one guess at an account's password or code, before it is compared. Refuses: TooManyAttempts.

    `account` names the account, whether it exists or not; `here` is how many guesses at it may come
    from one address in a row, where that differs from passwords.
    """
    on_device = _on_device(kind, account, caller)
    if caller.device and add_attempt(on_device, now=now).count <= on_device.most:
        return CountedGuess([on_device])
    most_here = here or settings.MAX_GUESSES_PER_ACCOUNT_AND_ADDRESS
    limits = in_a_row, in_a_day, from_address, everywhere = _on_unknown_device(
        kind, account, caller, most_here
    )
    so_far = _count(in_a_row, now)
    _count(in_a_day, now)
    _count_from_address(from_address, is_first=so_far <= settings.FIRST_GUESSES_PER_ACCOUNT, now=now)
    _count(everywhere, now)
    return CountedGuess(list(limits))


def _on_device(kind: str, account: str, caller: Caller) -> Limit:
    subject = f"{account} {caller.device}"
    return Limit(f"{kind}-device", subject, settings.MAX_GUESSES_ON_KNOWN_DEVICE, settings.GUESS_WINDOW)


def _on_unknown_device(
    kind: str, account: str, caller: Caller, most_here: int
) -> tuple[Limit, Limit, Limit, Limit]:
    """Limits for browsers that the account does not know; the account's own comes last.

    Else one address could use up alone what all addresses together may guess.
    """
    here, window = f"{account} {caller.address}", settings.GUESS_WINDOW
    return (
        Limit(f"{kind}-here", here, most_here, window),
        Limit(f"{kind}-here-day", here, settings.MAX_DAILY_GUESSES_PER_ACCOUNT_AND_ADDRESS, _DAY),
        Limit(f"{kind}-address", caller.address, settings.MAX_GUESSES_PER_ADDRESS, window),
        Limit(f"{kind}-account", account, settings.MAX_DAILY_GUESSES_PER_ACCOUNT, _DAY),
    )


def _count_from_address(limit: Limit, *, is_first: bool, now: datetime) -> None:
    """Beyond the limit of an address each account still has its first guesses, up to a last limit."""
    counted = add_attempt(limit, now=now)
    most = settings.ABSOLUTE_MAX_GUESSES_PER_ADDRESS if is_first else limit.most
    if counted.count > most:
        raise TooManyAttempts(what=limit.what, again_at=counted.ends_at)


def _count(limit: Limit, now: datetime) -> int:
    counted = add_attempt(limit, now=now)
    if counted.count > limit.most:
        raise TooManyAttempts(what=limit.what, again_at=counted.ends_at)
    return counted.count
