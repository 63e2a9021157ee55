"""Stop calling a broker that does not answer, so that it delays only its own users."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from kanssa.identification.refusals import BrokerUnavailable

_FAILURES_TO_OPEN = 3
_OPEN_FOR = 30.0


@dataclass(slots=True)
class Call:
    """One call; with `is_charged` False its failure does not count against the broker."""

    is_charged: bool = True


class Circuit:
    """Opens after three consecutive calls without an answer; each process has its own.

    While it is open, no person is sent to the broker. People who return from it are still tried, one at
    a time, and so is the first person sent after half a minute; any answer closes it for all. A method
    that makes no call before the browser leaves (no PAR, SAML) sends people again after that time, and
    learns from those who return.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._opened_at = 0.0
        self._is_trying = False

    def is_open(self) -> bool:
        return self._is_broken() and self._clock() - self._opened_at < _OPEN_FOR

    def is_probing(self) -> bool:
        return self._is_broken() and self._is_trying

    @contextmanager
    def call(self) -> Iterator[Call]:
        """Wrap one call. Raises BrokerUnavailable at once while another is testing the broker."""
        is_trial = self._enter()
        call = Call()
        try:
            yield call
        except BrokerUnavailable:
            # A stale connection of ours says nothing about the broker.
            if call.is_charged:
                self._failed()
            raise
        else:
            self._failures = 0
        finally:
            if is_trial:
                self._is_trying = False

    def _is_broken(self) -> bool:
        return self._failures >= _FAILURES_TO_OPEN

    def _enter(self) -> bool:
        with self._lock:
            # Closed: calls run in parallel, without a trial.
            if not self._is_broken():
                return False
            if self._is_trying:
                # One call tests the broker; the others must not wait for its time-out.
                raise BrokerUnavailable(why="circuit-open", is_unsent=True)
            self._is_trying = True
            return True

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._opened_at = self._clock()
