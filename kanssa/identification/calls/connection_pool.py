"""Kept-alive connections to one broker."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from weakref import finalize

from kanssa.identification.calls.connection import Connection
from kanssa.identification.calls.http_messages import (
    ConnectionFailed,
    ConnectionStale,
    Deadline,
    NothingSent,
    Origin,
    Request,
    Response,
    TimedOut,
)

_MOST_KEPT = 8  # per origin
_PROVEN_FOR = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: Connection
    since: float


class Connections:
    """Keeps connections, and reuses one only if it can be expected to work.

    A firewall may forget an idle connection and drop its packets. So a connection is kept for `idle`
    seconds only; one idle for more than a second is tried by one call at a time, while the others
    open new ones; and when it fails, all kept ones are closed. A request that the broker may have read is
    never sent again, unless it only fetches something.
    """

    def __init__(self, *, idle: float, largest: int, clock: Callable[[], float] = monotonic) -> None:
        self._idle = idle
        self._largest = largest
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[Origin, list[_Kept]] = {}
        self._is_trying = False
        self._process = os.getpid()
        finalize(self, _close_all, self._kept)

    def exchange(self, request: Request, *, connect: float, deadline: Deadline) -> Response:
        """Send a request and read its response. Raises ConnectionFailed, ResponseTooLarge.

        `connect` is the seconds allowed for connecting. ConnectionStale means that a kept connection
        failed; the next call opens a new one.
        """
        kept, is_trial = self._take(request.origin)
        if kept is not None:
            try:
                return self._exchanged(kept, request, deadline)
            except ConnectionFailed as failure:
                self.close()
                _raise_unless_it_may_be_sent_again(request, failure, kept, is_trial=is_trial)
            finally:
                self._end_trial(is_trial=is_trial)
        fresh = Connection(request.origin, deadline.at_most(connect))
        return self._exchanged(fresh, request, deadline)

    def close(self) -> None:
        # When one fails, the others are as old.
        with self._lock:
            _close_all(self._kept)

    def _exchanged(self, connection: Connection, request: Request, deadline: Deadline) -> Response:
        try:
            response = connection.exchange(request, deadline=deadline, largest=self._largest)
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return response

    def _take(self, origin: Origin) -> tuple[Connection | None, bool]:
        with self._lock:
            self._forget_parents()
            self._close_old()
            several = self._kept.get(origin, [])
            while several:
                is_proven = self._clock() - several[-1].since < _PROVEN_FOR
                if self._is_trying and not is_proven:
                    break
                connection = several.pop().connection
                if connection.is_quiet():
                    self._is_trying = self._is_trying or not is_proven
                    return connection, not is_proven
                connection.close()
        return None, False

    def _end_trial(self, *, is_trial: bool) -> None:
        if is_trial:
            self._is_trying = False

    def _give_back(self, connection: Connection) -> None:
        if not connection.may_be_kept or self._idle <= 0:
            connection.close()
            return
        connection.make_ready()
        with self._lock:
            self._close_old()
            several = self._kept.setdefault(connection.origin, [])
            several.append(_Kept(connection, self._clock()))
            if len(several) > _MOST_KEPT:
                several.pop(0).connection.close()

    def _close_old(self) -> None:
        oldest = self._clock() - self._idle
        for origin, several in self._kept.items():
            for each in several:
                if each.since <= oldest:
                    each.connection.close()
            self._kept[origin] = [each for each in several if each.since > oldest]

    def _forget_parents(self) -> None:
        # After a fork, two processes on one connection would read each other's responses.
        if self._process == os.getpid():
            return
        _close_all(self._kept)
        self._is_trying, self._process = False, os.getpid()


def _raise_unless_it_may_be_sent_again(
    request: Request, failure: ConnectionFailed, kept: Connection, *, is_trial: bool
) -> None:
    # Repeat only requests that the broker cannot have read, or that change nothing there.
    if isinstance(failure, NothingSent):
        return
    is_timeout = isinstance(failure, TimedOut)
    if kept.has_heard or (is_timeout and not is_trial):
        raise failure
    if is_timeout or not request.is_repeatable:
        raise ConnectionStale from failure


def _close_all(kept: dict[Origin, list[_Kept]]) -> None:
    for several in kept.values():
        for each in several:
            each.connection.close()
    kept.clear()
