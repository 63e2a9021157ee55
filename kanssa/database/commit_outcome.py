"""A COMMIT without an answer: it may have been done. A mark left in the transaction tells later."""

import threading
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError


@dataclass(frozen=True, slots=True)
class CommitMark:
    """An event that the transaction recorded: it is there exactly when the rest is."""

    event_id: int
    at: datetime
    kind: str


class CommitOutcomeUnknown(OperationalError):
    """The connection broke while COMMIT was on its way.

    `backend` is the number of the server's process, which may still be working on it.
    """

    def __init__(self, mark: CommitMark | None, backend: int) -> None:
        """Keep what tells later."""
        super().__init__("the connection broke during COMMIT")
        self.mark = mark
        self.backend = backend


class _Thread(threading.local):
    mark: CommitMark | None = None


_thread = _Thread()


def set_mark(mark: CommitMark | None) -> None:
    """Keep the mark of the transaction that is under way in this thread; None when there is none."""
    _thread.mark = mark


def current_mark() -> CommitMark | None:
    """Give the mark of the transaction that is under way."""
    return _thread.mark
