"""Find out whether a transaction was committed after a COMMIT without an answer."""

from enum import StrEnum
from time import sleep

from django.db import DatabaseError, InterfaceError, connection

from kanssa.database.commit_outcome import CommitMark
from kanssa.evidence.models import Event

_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)


class CommitOutcome(StrEnum):
    STORED = "stored"
    NOT_STORED = "not-stored"
    UNKNOWN = "unknown"
    UNTRACEABLE = "untraceable"
    """It left no mark: only the person's own pages show the outcome."""


def outcome_of(mark: CommitMark | None, *, backend: int) -> CommitOutcome:
    """Tell whether the transaction that left the mark was committed.

    A missing mark means no, once the server process that ran the transaction has finished it. A standby may
    not know yet. Raises DatabaseError and InterfaceError while the database is away.
    """
    if _may_be_under_way(backend):
        return CommitOutcome.UNKNOWN
    if mark is None:
        # No event was recorded, so nothing can be looked for.
        return CommitOutcome.UNTRACEABLE
    # A second statement, because it sees everything that was committed before the first one ran.
    found = Event.objects.filter(pk=mark.event_id, at=mark.at, kind=mark.kind).exists()
    return CommitOutcome.STORED if found else CommitOutcome.NOT_STORED


def resolved_outcome(mark: CommitMark | None, *, backend: int) -> CommitOutcome:
    """Look several times (1.55 s of pauses), each on a new connection, until the outcome is known."""
    for pause in _PAUSES:
        sleep(pause)
        # The old connection is broken; after a failover a new one reaches the new primary.
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
            # A standby may lag; a backend that is still in a transaction has not decided.
            "SELECT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_activity"
            " WHERE pid = %s AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)",
            [backend],
        )
        return bool(cursor.fetchone()[0])
