"""Find what depends on an identification at the desk."""

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
    """A confirmation that the identified person gave since; `ended_because` is empty while it is active."""

    confirmation_id: UUID
    reference: str
    state: State
    method: str
    confirmed_at: datetime
    ended_because: str


def belongs_to_code_holder(check: DeskCheck) -> bool:
    """Tell whether the person's row belongs to the holder of the identity code that the check recorded.

    A holder who confirmed by that code at a bank is bound to the row, because confirmations never change.
    The row stays theirs, with all that they did by the code, unless another person is on it by other means
    than this check.
    """
    if check.identification is None or check.code_recorded_at is None:
        return False
    person = check.identification.person
    given = Confirmation.objects.filter(person=person)
    applicants = Applicant.objects.filter(person=person)
    own, of_check = _by_code(check), _by_check(check)
    other_proof = Identification.objects.filter(person=person, method=DESK, annulled_at=None)
    return (
        given.filter(own).exclude(applicant__in=_claimed(check)).exists()
        and person.foreign_lookup is None
        and not other_proof.exclude(pk=check.identification.pk).exists()
        and not given.exclude(own | of_check).exists()
        and not applicants.exclude(own | of_check).exists()
    )


def has_dependent_account(check: DeskCheck) -> bool:
    # A username from before the visit does not depend on it.
    person_id = check.identification.person_id if check.identification else None
    return person_id is not None and depends_on_slips_since(person_id, since=check.at)


def applicants_depending_on(check: DeskCheck) -> QuerySet[Applicant]:
    claimed = _claimed(check)
    # Also those claimed by the code that it recorded, unless they are the code holder's own.
    if check.identification is not None and not belongs_to_code_holder(check):
        claimed |= Applicant.objects.filter(_by_code(check), person=check.identification.person_id)
    return claimed


def confirmations_depending_on(check: DeskCheck) -> tuple[DependentConfirmation, ...]:
    """Give what the person confirmed by this desk identification, or since by an account that it led to.

    On any application, because the account was theirs on all of them.

    A confirmation by an identification of their own at a bank does not depend on the check, unless the code
    that the bank knows them by was recorded in the same visit. Then, if all else is the code holder's own,
    only confirmations of applicants claimed by the check count.
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
    return _given(check).filter(ended_at=None)


def _given(check: DeskCheck) -> QuerySet[Confirmation]:
    if check.identification is None:
        return Confirmation.objects.none()
    by_code = _by_code(check)
    if belongs_to_code_holder(check):
        by_code &= Q(applicant__in=_claimed(check))
    return Confirmation.objects.filter(_by_check(check) | by_code, person=check.identification.person_id)


def _claimed(check: DeskCheck) -> QuerySet[Applicant]:
    if check.identification is None:
        return Applicant.objects.none()
    return Applicant.objects.filter(_by_check(check), person=check.identification.person_id)


def _by_check(check: DeskCheck) -> Q:
    own = Q(identification=check.identification_id)
    if not has_dependent_account(check):
        return own
    # Any account session since the check: the account could be reached only through its slip.
    return own | Q(identification__method=ACCOUNT, identification__authenticated_at__gte=check.at)


def _by_code(check: DeskCheck) -> Q:
    if check.code_recorded_at is None:
        return Q(pk__in=[])
    since = Q(identification__authenticated_at__gte=check.code_recorded_at)
    # A desk or account session does not come by the code: only a bank knows people by it.
    return since & ~Q(identification__method__in=(DESK, ACCOUNT))
