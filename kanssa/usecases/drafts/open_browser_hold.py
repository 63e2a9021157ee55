from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.browser_holds import begin_hold
from kanssa.usecases.use_case import use_case


@use_case
def open_browser_hold(*, application_id: UUID, now: datetime) -> UUID:
    """Let a browser continue a draft, or what it sent; gives the id that its session stores."""
    return begin_hold(application_id, now=now)
