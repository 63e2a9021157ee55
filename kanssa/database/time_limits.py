"""How long this process waits for the database: set once at its start. Commands wait without a limit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """All in seconds. PostgreSQL holds the first three; we hold the others, also when it is silent."""

    statement: float
    lock: float
    idle: float
    """How long a transaction may do nothing."""
    answer: float
    """How long we wait for one answer."""
    request: float | None = None
    """How long all waits of one request may take together."""

    def start_up_options(self) -> str:
        """Give what a new session sets at its start (libpq's `options`); PgBouncer refuses it."""
        times = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in times.items())


@dataclass(slots=True)
class _Process:
    limits: TimeLimits | None = None


class _Thread(threading.local):
    remaining: float | None = None


_process = _Process()
_thread = _Thread()


def set_limits(limits: TimeLimits | None) -> None:
    """Keep every connection that this process opens from now on to these limits."""
    _process.limits = limits


def limits() -> TimeLimits | None:
    """Give the limits in force; None in commands."""
    return _process.limits


@contextmanager
def waiting_at_most(seconds: float | None) -> Iterator[None]:
    """Wait for the database at most so long in this thread, all waits inside together."""
    before = _thread.remaining
    known = [each for each in (seconds, before) if each is not None]
    given = min(known, default=None)
    _thread.remaining = given
    try:
        yield
    finally:
        used = given - _thread.remaining if given is not None and _thread.remaining is not None else 0.0
        _thread.remaining = None if before is None else before - used


@contextmanager
def counting_time_spent() -> Iterator[None]:
    """Take the time that passes inside from what this thread may still wait."""
    began = monotonic()
    try:
        yield
    finally:
        if _thread.remaining is not None:
            _thread.remaining -= monotonic() - began


def time_left() -> float | None:
    """Give how long the next wait may take; None without a limit."""
    answer = _process.limits.answer if _process.limits else None
    known = [each for each in (answer, _thread.remaining) if each is not None]
    return max(0.0, min(known)) if known else None


def connecting(parameters: dict[str, Any]) -> dict[str, Any]:
    """Give libpq's parameters with what is left as the time for connecting; libpq knows no less than 2."""
    seconds = time_left()
    if seconds is None:
        return parameters
    allowed = min(float(parameters.get("connect_timeout") or seconds), seconds)
    return parameters | {"connect_timeout": max(2, int(allowed))}
