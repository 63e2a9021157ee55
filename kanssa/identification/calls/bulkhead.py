"""How many of a web process's threads may wait for brokers, so that pages always find one."""

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
    """Lets at most half of the threads be in the hands of all brokers together.

    One broker gets half of that half, so that one that does not answer leaves room for the others.
    A process keeps it for itself, as it has its own threads.
    """

    def __init__(self, threads: int) -> None:
        """`threads` is how many requests the process serves at once."""
        self._most = max(1, threads // 2)
        self._most_for_one = min(self._most, max(_FEWEST_FOR_ONE, self._most // 2))
        self._lock = Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def room(self, key: str, **facts: object) -> Iterator[None]:
        """Hold a thread for calls to the broker of this key. Refuses at once: BrokersBusy with `facts`."""
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
            self._taken[key] += not is_full
            return not is_full


def slot_to_begin(method: object) -> AbstractContextManager[None]:
    """Hold a thread, where this method calls its broker before the browser leaves. Refuses: BrokersBusy."""
    if isinstance(method, CallsBroker) and method.calls_broker_to_begin:
        return _of_this_process(settings.THREADS).room(method.key)
    return nullcontext()


def slot_to_finish(method: object) -> AbstractContextManager[None]:
    """Hold a thread, where this method calls its broker for a reply. Refuses: BrokersBusy, BrokerUnavailable.

    Enter it before the attempt is taken: a refusal then spends nothing, and the reply can come again.
    """
    if not isinstance(method, CallsBroker):
        return nullcontext()
    if method.is_probing():
        raise BrokerUnavailable(why="circuit-open", reply_is_kept=True)
    return _of_this_process(settings.THREADS).room(method.key, reply_is_kept=True)


@cache
def _of_this_process(threads: int) -> Bulkhead:
    return Bulkhead(threads)
