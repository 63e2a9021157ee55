"""Connections that give up on a silent server, such as a frozen one or one behind a cut network."""

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout

from kanssa.database import time_limits
from kanssa.database.responsiveness import DatabaseUnresponsive, responsiveness

R = TypeVar("R")

CHECK_SECONDS = 2.0
"""A server that does not answer a check within this time counts as silent."""
_LISTEN_SECONDS = 20.0


class BoundedConnection(psycopg.Connection[Any]):
    """Waits within the time limits, then closes itself: its state is unknown."""

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Raises DatabaseUnresponsive."""
        seconds = time_limits.time_left() if timeout is None else timeout
        if seconds is None:
            return super().wait(gen, interval)
        try:
            with time_limits.counting_time_spent():
                return super().wait(gen, interval, seconds)
        except _WaitTimeout as late:
            self.close()
            # A short wait alone does not show that the server is silent.
            if seconds >= CHECK_SECONDS:
                responsiveness.note()
            raise DatabaseUnresponsive("the database does not answer") from late


class BoundedAsyncConnection(psycopg.AsyncConnection[Any]):
    """The same for the worker's asynchronous connections."""

    async def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:  # noqa: ASYNC109 psycopg's signature
        """Raises DatabaseUnresponsive, except where the caller gave its own `timeout`."""
        limits = time_limits.limits()
        seconds = limits.answer if limits and timeout is None else timeout
        try:
            return await super().wait(gen, interval, seconds)
        except _WaitTimeout as late:
            if timeout is not None:
                raise
            await self.close()
            raise DatabaseUnresponsive("the database does not answer") from late

    async def notifies(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 psycopg's signature
        stop_after: int | None = None,
    ) -> AsyncGenerator[psycopg.Notify, None]:
        # For a limited time: the caller then checks whether the server is still there.
        async for each in super().notifies(timeout=timeout or _LISTEN_SECONDS, stop_after=stop_after):
            yield each
