"""Time limits for waiting on the database, set once when a process starts. Commands have none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """All in seconds. PostgreSQL enforces the first three; we enforce the others, also when it is silent."""

    statement: float
    lock: float
    idle: float
    """For a transaction that does nothing."""
    answer: float
    """For one answer."""
    request: float | None = None
    """For all waits of one request together."""

    def start_up_options(self) -> str:
        # PgBouncer refuses these options.
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
    _process.limits = limits


def limits() -> TimeLimits | None:
    return _process.limits


@contextmanager
def waiting_at_most(seconds: float | None) -> Iterator[None]:
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
    began = monotonic()
    try:
        yield
    finally:
        if _thread.remaining is not None:
            _thread.remaining -= monotonic() - began


def time_left() -> float | None:
    """Return the longest time for the next wait; None without a limit."""
    answer = _process.limits.answer if _process.limits else None
    known = [each for each in (answer, _thread.remaining) if each is not None]
    return max(0.0, min(known)) if known else None


def connecting(parameters: dict[str, Any]) -> dict[str, Any]:
    seconds = time_left()
    if seconds is None:
        return parameters
    allowed = min(float(parameters.get("connect_timeout") or seconds), seconds)
    # libpq's minimum is 2 seconds.
    return parameters | {"connect_timeout": max(2, int(allowed))}
