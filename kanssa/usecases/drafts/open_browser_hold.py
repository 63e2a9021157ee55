from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.browser_holds import begin_hold
from kanssa.usecases.use_case import use_case


@use_case
def open_browser_hold(*, application_id: UUID, now: datetime) -> UUID:
    """Let a browser go on with a draft, or with what it sent; gives what its session points at."""
    return begin_hold(application_id, now=now)
