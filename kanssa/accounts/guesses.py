"""Limits on guessing passwords and codes (docs/decisions/0014).

A stranger's failures never lock out the owner in a browser in which they signed in before, nor a
whole network address whose other people type the right password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.tries import Limit, count_try, give_back_tries

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a guess comes from: the network, and the mark of a browser that this account knows."""

    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A counted guess; the right one is given back."""

    taken: list[Limit]

    def give_back(self) -> None:
        """Uncount it: only failures use up the limits."""
        give_back_tries(self.taken)


def take_a_guess(kind: str, account: str, caller: Caller, *, here: int | None = None, now: datetime) -> Guess:
    """Count one guess at an account's password or code, before it is compared. Refuses: TooManyTries.

    `account` names the account, whether it exists or not; `here` is how many guesses at it may come
    from one address in a row, where that differs from passwords.
    """
    on_device = _on_device(kind, account, caller)
    if caller.device and count_try(on_device, now=now).count <= on_device.most:
        return Guess([on_device])
    most_here = here or settings.GUESSES_AT_AN_ACCOUNT_HERE
    limits = in_a_row, in_a_day, from_address, everywhere = _of_strangers(kind, account, caller, most_here)
    so_far = _count(in_a_row, now)
    _count(in_a_day, now)
    _count_from_address(from_address, is_first=so_far <= settings.FIRST_GUESSES, now=now)
    _count(everywhere, now)
    return Guess(list(limits))


def _on_device(kind: str, account: str, caller: Caller) -> Limit:
    whose = f"{account} {caller.device}"
    return Limit(f"{kind}-device", whose, settings.GUESSES_ON_A_KNOWN_DEVICE, settings.GUESSES_WITHIN)


def _of_strangers(
    kind: str, account: str, caller: Caller, most_here: int
) -> tuple[Limit, Limit, Limit, Limit]:
    """Limits for browsers that the account does not know; the account's own comes last.

    Else one address could use up alone what all addresses together may guess.
    """
    here, within = f"{account} {caller.address}", settings.GUESSES_WITHIN
    return (
        Limit(f"{kind}-here", here, most_here, within),
        Limit(f"{kind}-here-day", here, settings.GUESSES_AT_AN_ACCOUNT_HERE_A_DAY, _DAY),
        Limit(f"{kind}-address", caller.address, settings.GUESSES_FROM_AN_ADDRESS, within),
        Limit(f"{kind}-account", account, settings.GUESSES_AT_AN_ACCOUNT_A_DAY, _DAY),
    )


def _count_from_address(limit: Limit, *, is_first: bool, now: datetime) -> None:
    """Beyond the limit of an address each account still has its first guesses, up to a last limit."""
    counted = count_try(limit, now=now)
    most = settings.GUESSES_FROM_AN_ADDRESS_AT_MOST if is_first else limit.most
    if counted.count > most:
        raise TooManyTries(what=limit.what, again_at=counted.ends_at)


def _count(limit: Limit, now: datetime) -> int:
    counted = count_try(limit, now=now)
    if counted.count > limit.most:
        raise TooManyTries(what=limit.what, again_at=counted.ends_at)
    return counted.count
