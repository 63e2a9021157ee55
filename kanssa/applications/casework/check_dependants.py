"""What rests on an identification at the desk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kanssa.accounts.applicant_account import depends_on_slips_since
from kanssa.applications.models import Applicant, Confirmation
from kanssa.applications.states import State
from kanssa.identification.models import DeskCheck, Identification
from kanssa.identification.sessions import ACCOUNT, DESK


@dataclass(frozen=True, slots=True)
class DependentConfirmation:
    """A confirmation that the identified person gave since; `ended_because` is empty while it lives."""

    confirmation_id: UUID
    reference: str
    state: State
    method: str
    confirmed_at: datetime
    ended_because: str


def belongs_to_code_holder(check: DeskCheck) -> bool:
    """Whether the person's row is that of whoever holds the identity code which the check recorded.

    Who confirmed by that code at a bank is bound to the row, since confirmations are never changed. It
    stays theirs, with all that they did by the code, unless somebody is on it otherwise than by this check.
    """
    if check.identification is None or check.code_recorded_at is None:
        return False
    person = check.identification.person
    given = Confirmation.objects.filter(person=person)
    applicants = Applicant.objects.filter(person=person)
    own, of_check = _by_code(check), _by_check(check)
    other_proof = Identification.objects.filter(person=person, method=DESK, annulled_at=None)
    return (
        given.filter(own).exclude(applicant__in=_filled(check)).exists()
        and person.foreign_lookup is None
        and not other_proof.exclude(pk=check.identification.pk).exists()
        and not given.exclude(own | of_check).exists()
        and not applicants.exclude(own | of_check).exists()
    )


def has_dependent_account(check: DeskCheck) -> bool:
    """Whether the person's username leans on it: one that they had before is not touched by another visit."""
    person_id = check.identification.person_id if check.identification else None
    return person_id is not None and depends_on_slips_since(person_id, since=check.at)


def applicants_depending_on(check: DeskCheck) -> QuerySet[Applicant]:
    """The places that were filled by it or by an account that leans on it.

    Also by the code that it recorded, unless they are the holder's own.
    """
    filled = _filled(check)
    if check.identification is not None and not belongs_to_code_holder(check):
        filled |= Applicant.objects.filter(_by_code(check), person=check.identification.person_id)
    return filled


def confirmations_depending_on(check: DeskCheck) -> tuple[DependentConfirmation, ...]:
    """What the person confirmed by this identification at the desk, or since by an account of theirs.

    On whichever application: the account was theirs on all.

    What they confirmed by an identification of their own at a bank does not rest on it, unless the code
    that the bank knows them by was recorded in the same visit, and then only in the places that the
    check filled if all else is the holder's own.
    """
    given = _given(check).select_related("application", "identification")
    return tuple(
        DependentConfirmation(
            each.pk,
            each.application.reference or "",
            State(each.application.state),
            each.identification.method,
            each.confirmed_at,
            each.ended_because,
        )
        for each in given.order_by("confirmed_at")
    )


def active_confirmations_depending_on(check: DeskCheck) -> QuerySet[Confirmation]:
    """Of those the ones that have not ended."""
    return _given(check).filter(ended_at=None)


def _given(check: DeskCheck) -> QuerySet[Confirmation]:
    if check.identification is None:
        return Confirmation.objects.none()
    by_code = _by_code(check)
    if belongs_to_code_holder(check):
        by_code &= Q(applicant__in=_filled(check))
    return Confirmation.objects.filter(_by_check(check) | by_code, person=check.identification.person_id)


def _filled(check: DeskCheck) -> QuerySet[Applicant]:
    if check.identification is None:
        return Applicant.objects.none()
    return Applicant.objects.filter(_by_check(check), person=check.identification.person_id)


def _by_check(check: DeskCheck) -> Q:
    own = Q(identification=check.identification_id)
    if not has_dependent_account(check):
        return own
    return own | Q(identification__method=ACCOUNT, identification__authenticated_at__gte=check.at)


def _by_code(check: DeskCheck) -> Q:
    if check.code_recorded_at is None:
        return Q(pk__in=[])
    since = Q(identification__authenticated_at__gte=check.code_recorded_at)
    return since & ~Q(identification__method__in=(DESK, ACCOUNT))
