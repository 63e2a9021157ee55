import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import comparison_fingerprint, require_no_conflict_of_interest
from kanssa.applications.casework.identification import ProvenIdentity, identify_at_desk
from kanssa.applications.casework.representatives import names_another_adult
from kanssa.applications.content.content import Facts, name_in
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import (
    NoSuchApplication,
    NotAllowedNow,
    RepresentativeOnApplication,
    SomethingChanged,
)
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.identity_document import DocumentCheck, DocumentProblem, document_problem
from kanssa.values.role import Role
from kanssa.vault import seal_json

_REVIEW_ONE_IN = 10


@dataclass(frozen=True, slots=True)
class Representative:
    """A person who acts for the applicant; `document` is its kind, date and issuer."""

    kind: Literal["guardian", "agent"]
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    identified: Identified | None
    fault: DocumentProblem | None


@use_case(Action.IDENTIFY_AT_DESK)
def identify_in_person(
    *,
    application_id: UUID,
    applicant_id: UUID,
    check: DocumentCheck,
    desk: str,
    acting: Representative | None,
    staff: StaffMember,
    now: datetime,
) -> CheckResult:
    """Identify a present adult by a document (DOMAIN, The desk).

    The clerk's answers are stored in any case; a refused person is not identified and the reason is
    recorded. Claiming the main applicant sends the invitations. While the session is active, the clerk does
    for the person what they could do online.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow, PersonKnown,
    RepresentativeOnApplication, SomethingChanged (name, birth date or code differ from those that were
    compared).
    """
    require_role(staff, Role.CLERK)
    # Lock people before applications, as a confirmation at the same time does.
    application, _rivals = locked_with_rivals(application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    if application.state not in ACTIVE_STATES:
        raise NotAllowedNow
    if acting is not None and names_another_adult(acting.name, application, applicant_id):
        raise RepresentativeOnApplication
    facts = application.facts_of(applicant_id)
    # An edit since the comparison would let the clerk vouch for answers that they did not see.
    if comparison_fingerprint(facts) != check.compared:
        raise SomethingChanged
    fault = document_problem(
        check, today=day_of(now), accepts_driving_licence=settings.ACCEPT_DRIVING_LICENCE
    )
    row = _new_check(check, applicant, desk, acting, staff, now)
    if fault is not None:
        row.refused_because = fault
        row.save(force_insert=True)
        record(
            EventKind.DESK_REFUSED,
            actor=staff.actor,
            now=now,
            application_id=application_id,
            applicant_id=applicant_id,
            check=str(row.pk),
            because=fault,
        )
        # A refusal is a result and not an exception: the stored check must survive.
        return CheckResult(None, fault)
    identified = identify_at_desk(application, applicant, _proven(check, facts), staff=staff, now=now)
    row.identification_id = identified.id
    # A random sample, so that no clerk knows which check a supervisor will review.
    row.for_review = secrets.randbelow(_REVIEW_ONE_IN) == 0
    row.save(force_insert=True)
    record(
        EventKind.DESK_IDENTIFIED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        check=str(row.pk),
        identification=str(identified.id),
        acting=row.acting,
    )
    return CheckResult(identified, None)


def _proven(check: DocumentCheck, facts: Facts) -> ProvenIdentity:
    # A zone has neither Ä nor small letters.
    spelled = check.as_name.spelled_as(name_in(facts))
    return ProvenIdentity(
        spelled.family,
        spelled.given,
        check.born,
        check.is_code_same,
        "high",
    )


def _new_check(
    check: DocumentCheck,
    applicant: Applicant,
    desk: str,
    acting: Representative | None,
    staff: StaffMember,
    now: datetime,
) -> DeskCheck:
    row = DeskCheck(
        at=now,
        staff_id=staff.user_id,
        desk=desk,
        application_id=applicant.application_id,
        applicant_id=applicant.pk,
        kind=check.kind,
        issuer=check.issuer,
        expires_on=check.expires,
        number_end=check.number_end,
        answers=check.answers,
        difference=check.difference or "",
        compared=check.compared,
    )
    if acting is not None:
        row.acting = acting.kind
        says = {"name": acting.name, "document": acting.document}
        # Sealed, as all personal data: the representative may be a private person.
        row.acting_sealed = seal_json(says, bound_to=f"desk-check:{row.pk}")
    return row
