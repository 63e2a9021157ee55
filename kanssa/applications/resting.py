"""What rests on an identification at the desk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from kanssa.applications.models import Confirmation
from kanssa.identification.living import ACCOUNT
from kanssa.identification.models import DeskCheck


@dataclass(frozen=True, slots=True)
class RestingConfirmation:
    """A confirmation that the identified person gave since; `ended_because` is empty while it lives."""

    confirmation_id: UUID
    confirmed_at: datetime
    ended_because: str


def confirmations_resting_on(check: DeskCheck) -> tuple[RestingConfirmation, ...]:
    """What the person confirmed by this identification at the desk, or since by an account of theirs.

    On whichever application: the account was theirs on all.

    What they confirmed by an identification of their own at a bank does not rest on it.
    """
    if check.identification is None:
        return ()
    by_account = Q(identification__method=ACCOUNT, confirmed_at__gte=check.at)
    given = Confirmation.objects.filter(
        Q(identification=check.identification) | by_account, person_id=check.identification.person_id
    )
    return tuple(
        RestingConfirmation(each.pk, each.confirmed_at, each.ended_because)
        for each in given.order_by("confirmed_at")
    )
