"""Apply timed transitions, application by application."""

from datetime import datetime
from uuid import UUID

import structlog

from kanssa.applications.reading.queries import due_applications
from kanssa.database.errors import is_connection_lost, is_wait_timeout
from kanssa.usecases.system.apply_timed_transitions import apply_timed_transitions
from kanssa.values.actor import SYSTEM

log = structlog.get_logger(__name__)

_BATCH = 200


def run_timers(*, now: datetime) -> int:
    """Apply everything due until now. Returns the number of applications handled.

    Running twice, late, or from two workers is safe: each application is checked again under its lock. One
    that fails does not delay the others; it is tried again in the next round. Losing the database ends the
    round.
    """
    done, failed = 0, set[UUID]()
    while due := due_applications(now=now, at_most=_BATCH, excluding=failed):
        for application_id in due:
            try:
                apply_timed_transitions(application_id=application_id, actor=SYSTEM, now=now)
                done += 1
            except Exception as fault:
                if is_connection_lost(fault) or is_wait_timeout(fault):
                    # Without a connection every further application would fail too: end the round.
                    raise
                log.exception("the clock stumbled on an application", application_id=str(application_id))
                failed.add(application_id)
    return done
