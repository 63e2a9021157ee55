from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.browser_holds import bind_hold
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case


@use_case
def keep_browser_hold(
    *,
    hold_id: UUID,
    identified: Identified,
    now: datetime,  # noqa: ARG001 every use case takes it
) -> UUID | None:
    """Let a person go on with what was typed in the browser before they identified, until they sign out.

    Gives the application of the hold.
    """
    return bind_hold(hold_id, identification_id=identified.id)
