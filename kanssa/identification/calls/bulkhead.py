"""Limit the threads of a web process that wait for brokers, so that pages always find one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import Lock

from django.conf import settings

from kanssa.identification.protocol import CallsBroker
from kanssa.identification.refusals import BrokersBusy, BrokerUnavailable

_FEWEST_FOR_ONE = 2


class Bulkhead:
    """Lets all brokers together occupy at most half of the threads.

    One broker gets half of that half, so that a silent one leaves room for the others. Each process has
    its own, like its threads.
    """

    def __init__(self, threads: int) -> None:
        """`threads` is the number of requests that the process serves at once."""
        self._most = max(1, threads // 2)
        self._most_for_one = min(self._most, max(_FEWEST_FOR_ONE, self._most // 2))
        self._lock = Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def room(self, key: str, **facts: object) -> Iterator[None]:
        """Occupy a thread for calls to this broker. Refuses at once: BrokersBusy with `facts`."""
        if not self._enter(key):
            raise BrokersBusy(**facts)
        try:
            yield
        finally:
            with self._lock:
                self._taken[key] -= 1

    def _enter(self, key: str) -> bool:
        with self._lock:
            is_full = self._taken[key] >= self._most_for_one or self._taken.total() >= self._most
            # Check and count under one lock, or two threads could share the last place.
            self._taken[key] += not is_full
            return not is_full


def slot_to_begin(method: object) -> AbstractContextManager[None]:
    """Occupy a thread if the method calls its broker before the browser leaves. Refuses: BrokersBusy."""
    if isinstance(method, CallsBroker) and method.calls_broker_to_begin:
        return _of_this_process(settings.THREADS).room(method.key)
    return nullcontext()


def slot_to_finish(method: object) -> AbstractContextManager[None]:
    """Occupy a thread if the method calls its broker for a reply.

    Enter it before the attempt is claimed: a refusal then leaves the attempt unused, and the reply can
    be sent again. Refuses: BrokersBusy, BrokerUnavailable.
    """
    if not isinstance(method, CallsBroker):
        return nullcontext()
    if method.is_probing():
        raise BrokerUnavailable(why="circuit-open", reply_is_kept=True)
    return _of_this_process(settings.THREADS).room(method.key, reply_is_kept=True)


@cache
def _of_this_process(threads: int) -> Bulkhead:
    return Bulkhead(threads)
