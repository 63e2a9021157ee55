"""What rests on an identification at the desk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kanssa.applications.models import Applicant, Confirmation
from kanssa.identification.living import ACCOUNT, DESK
from kanssa.identification.models import DeskCheck


@dataclass(frozen=True, slots=True)
class RestingConfirmation:
    """A confirmation that the identified person gave since; `ended_because` is empty while it lives."""

    confirmation_id: UUID
    confirmed_at: datetime
    ended_because: str


def places_resting_on(check: DeskCheck) -> QuerySet[Applicant]:
    """The places that it filled, or since the code that was recorded by it."""
    filled = Q(identification=check.identification_id)
    if check.code_recorded_at is not None and check.identification is not None:
        by_code = Q(person=check.identification.person_id, identified_at__gte=check.code_recorded_at)
        filled |= by_code & ~Q(identification__method=DESK)
    return Applicant.objects.filter(filled)


def confirmations_resting_on(check: DeskCheck) -> tuple[RestingConfirmation, ...]:
    """What the person confirmed by this identification at the desk, or since by an account of theirs.

    On whichever application: the account was theirs on all.

    What they confirmed by an identification of their own at a bank does not rest on it, unless the code
    that the bank knows them by was recorded in the same visit.
    """
    if check.identification is None:
        return ()
    by_code = Q(pk__in=[])
    if check.code_recorded_at is not None:
        by_code = Q(confirmed_at__gte=check.code_recorded_at) & ~Q(identification__method=DESK)
    by_account = Q(identification__method=ACCOUNT, confirmed_at__gte=check.at)
    given = Confirmation.objects.filter(
        Q(identification=check.identification) | by_account | by_code,
        person_id=check.identification.person_id,
    )
    return tuple(
        RestingConfirmation(each.pk, each.confirmed_at, each.ended_because)
        for each in given.order_by("confirmed_at")
    )
