"""What rests on an identification at the desk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kanssa.applications.models import Confirmation
from kanssa.identification.living import ACCOUNT, DESK
from kanssa.identification.models import DeskCheck


@dataclass(frozen=True, slots=True)
class RestingConfirmation:
    """A confirmation that the identified person gave since; `ended_because` is empty while it lives."""

    confirmation_id: UUID
    confirmed_at: datetime
    ended_because: str


def confirmations_resting_on(check: DeskCheck) -> tuple[RestingConfirmation, ...]:
    """What the person confirmed in this place since the check: at the desk, or by the account it led to.

    What they confirmed by an identification of their own at a bank does not rest on it.
    """
    if check.identification is None:
        return ()
    given = Confirmation.objects.filter(
        applicant_id=check.applicant_id,
        person_id=check.identification.person_id,
        confirmed_at__gte=check.at,
        identification__method__in=(DESK, ACCOUNT),
    )
    return tuple(
        RestingConfirmation(each.pk, each.confirmed_at, each.ended_because)
        for each in given.order_by("confirmed_at")
    )
