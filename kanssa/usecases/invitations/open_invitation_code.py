from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.applications.reading.view_models import ActiveInvitation
from kanssa.applications.refusals import TooManyInvitationCodes
from kanssa.applications.transitions.printed_invitations import invitation_of_code
from kanssa.usecases.use_case import limited, use_case
from kanssa.values.actor import Actor


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.MAX_INVITATION_CODES_PER_ADDRESS
    return [Limit("invitation-codes", given["address"], most, settings.ADDRESS_LIMIT_WINDOW)]


@limited(TooManyInvitationCodes, _limits)
@use_case
def open_invitation_code(
    *,
    code: str,
    address: str,  # noqa: ARG001 the network's, for the limit
    actor: Actor,  # noqa: ARG001 every use case takes it; opening a page is no event
    now: datetime,
) -> ActiveInvitation:
    """Find the printed invitation of a typed code. Refuses: WrongInvitationCode, TooManyInvitationCodes."""
    invitation = invitation_of_code(code, now=now)
    return ActiveInvitation(invitation.pk, invitation.applicant_id)
