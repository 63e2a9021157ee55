from datetime import datetime
from uuid import UUID

from kanssa.applications import holds
from kanssa.usecases.deed import use_case


@use_case
def end_hold(
    *,
    hold_id: UUID,
    now: datetime,  # noqa: ARG001 every use case takes it
) -> None:
    """Let a browser's application go: no copy of its session opens it any more."""
    holds.end_hold(hold_id)
