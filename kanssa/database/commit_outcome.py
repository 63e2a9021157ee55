"""A COMMIT without an answer may have succeeded; an event written in the transaction tells later."""

import threading
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError


@dataclass(frozen=True, slots=True)
class CommitMark:
    """An event of the transaction: it exists exactly if the transaction was committed."""

    event_id: int
    at: datetime
    kind: str


class CommitOutcomeUnknown(OperationalError):
    """The connection broke during COMMIT.

    `backend` is the process id of the server's back end, which may still be committing.
    """

    def __init__(self, mark: CommitMark | None, backend: int) -> None:
        super().__init__("the connection broke during COMMIT")
        self.mark = mark
        self.backend = backend


class _Thread(threading.local):
    mark: CommitMark | None = None


_thread = _Thread()


def set_mark(mark: CommitMark | None) -> None:
    _thread.mark = mark


def current_mark() -> CommitMark | None:
    return _thread.mark
