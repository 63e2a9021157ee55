"""Apply timed transitions, application by application."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from kanssa.applications.reading.due import applicants_to_revive, due_applications
from kanssa.database.errors import is_connection_lost, is_wait_timeout
from kanssa.usecases.system.apply_timed_transitions import apply_timed_transitions
from kanssa.usecases.system.revive_replaced import revive_replaced
from kanssa.values.actor import SYSTEM

log = structlog.get_logger(__name__)

_BATCH = 200


def run_timers(*, now: datetime) -> int:
    """Apply everything due until now. Returns the number of applications and adults handled.

    Running twice, late, or from two workers is safe: each is checked again under its lock. One that fails
    does not delay the others; it is tried again in the next round. Losing the database ends the round.
    """
    acts: dict[str, Any] = {"actor": SYSTEM, "now": now}
    done = _to_each(due_applications, lambda each: apply_timed_transitions(application_id=each, **acts), now)
    return done + _to_each(applicants_to_revive, lambda each: revive_replaced(applicant_id=each, **acts), now)


def _to_each(find: Callable[..., list[UUID]], act: Callable[[UUID], None], now: datetime) -> int:
    done, failed = 0, set[UUID]()
    while due := find(now=now, at_most=_BATCH, excluding=failed):
        for each in due:
            try:
                act(each)
                done += 1
            except Exception as fault:
                if is_connection_lost(fault) or is_wait_timeout(fault):
                    # Without a connection every further one would fail too: end the round.
                    raise
                log.exception("the clock stumbled on an application", due_id=str(each))
                failed.add(each)
    return done
