"""A database that takes connections and says nothing: one thread asks again, the others do not wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg

_PAUSE = 1.0


class DatabaseUnresponsive(psycopg.OperationalError):
    """The database did not answer in time."""


class Responsiveness:
    """What this process knows of it."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._until: float | None = None
        self._asking = threading.Lock()

    @property
    def is_known(self) -> bool:
        """Whether the last one who waited waited in vain."""
        return self._until is not None

    def note(self) -> None:
        """Note that a wait was in vain."""
        self._until = monotonic() + _PAUSE

    def end(self) -> None:
        """Note that the database answered."""
        self._until = None

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """Connect inside. Raises Silent at once while the silence is fresh, or another thread asks."""
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
