"""Limits on guessing passwords and codes (docs/decisions/0014).

A stranger's failures must not lock out the owner in a browser that the account knows, nor everyone else
at a network address whose other users type the right password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.accounts.rate_limits import Limit, add_attempt, uncount_attempts
from kanssa.accounts.staff_refusals import TooManyAttempts

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a guess comes from: the network address, and the mark of a browser that the account knows."""

    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class CountedGuess:
    """A counted guess; uncount it when it was right."""

    counted_limits: list[Limit]

    def uncount(self) -> None:
        # Only failures use up the limits.
        uncount_attempts(self.counted_limits)


def count_guess(
    kind: str, account: str, caller: Caller, *, here: int | None = None, now: datetime
) -> CountedGuess:
    """Count one guess at an account's password or code, before it is compared. Refuses: TooManyAttempts.

    `account` is the name used, whether or not the account exists. `here` limits consecutive guesses at
    it from one address, when the limit differs from the one for passwords.
    """
    on_device = _on_device(kind, account, caller)
    # A known browser has limits of its own, which strangers cannot use up.
    if caller.device and add_attempt(on_device, now=now).count <= on_device.most:
        return CountedGuess([on_device])
    most_here = here or settings.MAX_GUESSES_PER_ACCOUNT_AND_ADDRESS
    limits = in_a_row, in_a_day, from_address, everywhere = _on_unknown_device(
        kind, account, caller, most_here
    )
    so_far = _count(in_a_row, now)
    _count(in_a_day, now)
    _count_from_address(from_address, is_first=so_far <= settings.FIRST_GUESSES_PER_ACCOUNT, now=now)
    # Last: a refusal before it uses up none of the account's own attempts.
    _count(everywhere, now)
    return CountedGuess(list(limits))


def _on_device(kind: str, account: str, caller: Caller) -> Limit:
    subject = f"{account} {caller.device}"
    return Limit(f"{kind}-device", subject, settings.MAX_GUESSES_ON_KNOWN_DEVICE, settings.GUESS_WINDOW)


def _on_unknown_device(
    kind: str, account: str, caller: Caller, most_here: int
) -> tuple[Limit, Limit, Limit, Limit]:
    here, window = f"{account} {caller.address}", settings.GUESS_WINDOW
    # Otherwise one address could use up the account's whole limit, which comes last.
    return (
        Limit(f"{kind}-here", here, most_here, window),
        Limit(f"{kind}-here-day", here, settings.MAX_DAILY_GUESSES_PER_ACCOUNT_AND_ADDRESS, _DAY),
        Limit(f"{kind}-address", caller.address, settings.MAX_GUESSES_PER_ADDRESS, window),
        Limit(f"{kind}-account", account, settings.MAX_DAILY_GUESSES_PER_ACCOUNT, _DAY),
    )


def _count_from_address(limit: Limit, *, is_first: bool, now: datetime) -> None:
    # Beyond the address's limit, each account still gets its first guesses, up to an absolute limit.
    counted = add_attempt(limit, now=now)
    most = settings.ABSOLUTE_MAX_GUESSES_PER_ADDRESS if is_first else limit.most
    if counted.count > most:
        raise TooManyAttempts(what=limit.what, again_at=counted.ends_at)


def _count(limit: Limit, now: datetime) -> int:
    counted = add_attempt(limit, now=now)
    if counted.count > limit.most:
        raise TooManyAttempts(what=limit.what, again_at=counted.ends_at)
    return counted.count
