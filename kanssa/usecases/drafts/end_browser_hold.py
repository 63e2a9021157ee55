from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate import browser_holds
from kanssa.usecases.use_case import use_case


@use_case
def end_browser_hold(
    *,
    hold_id: UUID,
    now: datetime,  # noqa: ARG001 every use case takes it
) -> None:
    """End a browser's hold: no copy of its session opens the application any longer."""
    browser_holds.end_browser_hold(hold_id)
