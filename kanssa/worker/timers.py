"""The clock: what is due is done, application by application."""

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
    """Do what the clock has to do until now. Gives to how many applications it was done.

    Twice, late, or from two workers: each application is looked at again under its lock. One
    that fails keeps none of the others waiting; it is tried again in the next round. A database
    that goes away ends the round.
    """
    done, failed = 0, set[UUID]()
    while due := due_applications(now=now, at_most=_BATCH, excluding=failed):
        for application_id in due:
            try:
                apply_timed_transitions(application_id=application_id, actor=SYSTEM, now=now)
                done += 1
            except Exception as fault:
                if is_connection_lost(fault) or is_wait_timeout(fault):
                    raise
                log.exception("the clock stumbled on an application", application_id=str(application_id))
                failed.add(application_id)
    return done
