"""Fetch brokers' keys ahead of time, so that no person's request waits for them."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Event, Thread

import structlog

from kanssa.identification.protocol import RefreshesKeys

log = structlog.get_logger(__name__)

_AFTER_A_BUG = 60.0


class KeyRefresher:
    """One thread per method that fetches keys, so that a hanging broker delays no other.

    Each web process has its own, since it caches the keys in its own memory.
    """

    def __init__(self, methods: Iterable[object], *, clock: Callable[[], datetime]) -> None:
        self._methods = [method for method in methods if isinstance(method, RefreshesKeys)]
        self._clock = clock
        self._ended = Event()

    def start(self) -> None:
        self._start_threads()
        # A forked process has none of these threads.
        os.register_at_fork(after_in_child=self._start_threads)

    def stop(self) -> None:
        self._ended.set()

    def _start_threads(self) -> None:
        for method in self._methods:
            Thread(target=self._keep_fresh, args=(method,), name="broker-keys", daemon=True).start()

    def _keep_fresh(self, method: RefreshesKeys) -> None:
        seconds = 0.0
        while not self._ended.wait(seconds):
            seconds = self._refreshed(method)

    def _refreshed(self, method: RefreshesKeys) -> float:
        try:
            return method.refresh(now=self._clock())
        except Exception:
            log.exception("keys could not be refreshed")
            return _AFTER_A_BUG
