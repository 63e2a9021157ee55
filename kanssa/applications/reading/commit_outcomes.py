"""Looking again after a COMMIT without an answer: whether it was done."""

from enum import StrEnum
from time import sleep

from django.db import DatabaseError, InterfaceError, connection

from kanssa.database.commit_outcome import CommitMark
from kanssa.evidence.models import Event

_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)


class CommitOutcome(StrEnum):
    """What is known of it."""

    STORED = "stored"
    NOT_STORED = "not-stored"
    UNKNOWN = "unknown"
    UNTRACEABLE = "untraceable"
    """It left no mark, so that only the person's own pages tell."""


def outcome_of(mark: CommitMark | None, *, backend: int) -> CommitOutcome:
    """Tell whether the transaction that left the mark was committed.

    Where the mark is missing it was not, once the server's process that had it is done with it. A
    standby may not know yet. Raises DatabaseError and InterfaceError while the database is away.
    """
    if _may_be_under_way(backend):
        return CommitOutcome.UNKNOWN
    if mark is None:
        return CommitOutcome.UNTRACEABLE
    # A second statement: it sees what was committed before the first one looked.
    found = Event.objects.filter(pk=mark.event_id, at=mark.at, kind=mark.kind).exists()
    return CommitOutcome.STORED if found else CommitOutcome.NOT_STORED


def resolved_outcome(mark: CommitMark | None, *, backend: int) -> CommitOutcome:
    """Look again for a moment, on another connection, until it is known."""
    for pause in _PAUSES:
        sleep(pause)
        connection.close()
        try:
            outcome = outcome_of(mark, backend=backend)
        except (DatabaseError, InterfaceError):
            continue
        if outcome is not CommitOutcome.UNKNOWN:
            return outcome
    return CommitOutcome.UNKNOWN


def _may_be_under_way(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_activity"
            " WHERE pid = %s AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)",
            [backend],
        )
        return bool(cursor.fetchone()[0])
