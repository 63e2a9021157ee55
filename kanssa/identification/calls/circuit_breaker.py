"""Leaving a broker alone that does not answer, so that it holds up nobody but its own people."""

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
    """One call; `is_charged` is whether its failure says anything about the broker."""

    is_charged: bool = True


class Circuit:
    """Opens after three calls in a row that the broker did not answer; kept by each process for itself.

    While it is open nobody is sent to the broker. Those who come back from it are still tried,
    one at a time, and so is the first who is sent after half a minute: whoever is answered
    closes it again for all. A method that calls nobody before somebody leaves (no PAR, SAML) sends
    people again after that time, and learns from those who come back.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        """Begin closed; `clock` counts seconds."""
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._opened_at = 0.0
        self._is_trying = False

    def is_open(self) -> bool:
        """Whether nobody should be sent to the broker just now."""
        return self._is_broken() and self._clock() - self._opened_at < _OPEN_FOR

    def is_probing(self) -> bool:
        """Whether a call would be refused at once, since another is trying whether the broker answers."""
        return self._is_broken() and self._is_trying

    @contextmanager
    def call(self) -> Iterator[Call]:
        """Wrap one call. Raises BrokerUnavailable at once while another is trying whether it answers."""
        is_trial = self._enter()
        call = Call()
        try:
            yield call
        except BrokerUnavailable:
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
            if not self._is_broken():
                return False
            if self._is_trying:
                raise BrokerUnavailable(why="circuit-open", is_unsent=True)
            self._is_trying = True
            return True

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._opened_at = self._clock()
