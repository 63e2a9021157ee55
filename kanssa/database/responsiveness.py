"""Fail fast while the database is silent: one thread retries, the others do not wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg

_PAUSE = 1.0


class DatabaseUnresponsive(psycopg.OperationalError):
    """The database did not answer in time."""


class Responsiveness:
    def __init__(self) -> None:
        self._until: float | None = None
        self._asking = threading.Lock()

    @property
    def is_known(self) -> bool:
        return self._until is not None

    def note(self) -> None:
        self._until = monotonic() + _PAUSE

    def end(self) -> None:
        self._until = None

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """Connect inside. Raises DatabaseUnresponsive after a time-out or while another thread retries."""
        until = self._until
        if until is None:
            yield from self._noting()
            return
        if monotonic() < until or not self._asking.acquire(blocking=False):
            raise DatabaseUnresponsive("the database did not answer a moment ago")
        try:
            yield from self._noting()
        finally:
            self._asking.release()

    def _noting(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.ConnectionTimeout:
            self.note()
            raise
        self.end()


responsiveness = Responsiveness()
