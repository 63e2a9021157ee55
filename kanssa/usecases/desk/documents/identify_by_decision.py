from datetime import datetime, timedelta
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import comparison_fingerprint, require_no_conflict_of_interest
from kanssa.applications.casework.identification import ProvenIdentity, identify_at_desk
from kanssa.applications.content.validation import birth_date
from kanssa.applications.refusals import NoSuchTask, NotAllowedNow, OwnCheck, SomethingChanged
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome
from kanssa.identification.models import CheckDecision, DeskCheck
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_SERVES_FOR = timedelta(days=14)


@use_case(Action.IDENTIFY_AT_DESK)
def identify_by_decision(
    *, application_id: UUID, check_id: UUID, staff: StaffMember, now: datetime
) -> Identified:
    """Identify a present person without an acceptable document, by a supervisor's decision.

    The decision serves once, within a fortnight, and never the supervisor who made it: two people answer
    for it. It counts for the answers that the document was compared with, and for none typed since.
    Refuses: NotYourRole, NoSuchTask, OwnCheck, ConflictingInterest, NotAllowedNow, PersonKnown,
    SomethingChanged.
    """
    require_role(staff, Role.CLERK)
    check = DeskCheck.objects.filter(pk=check_id, application_id=application_id).first()
    if check is None:
        raise NoSuchTask
    application, _rivals = locked_with_rivals(check.application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    decision = _decision(check, now)
    if decision.staff_id == staff.user_id:
        # Two people answer for an identification without a document.
        raise OwnCheck
    applicant = application.applicants.get(check.applicant_id)
    if applicant is None or application.state not in ACTIVE_STATES:
        raise NotAllowedNow
    facts = application.facts_of(applicant.pk)
    # The supervisor decided about the answers that were compared, not about later ones.
    if comparison_fingerprint(facts) != check.compared:
        raise SomethingChanged
    proven = ProvenIdentity(
        facts.get("last_name", ""),
        facts.get("first_names", ""),
        birth_date(facts),
        decision.is_code_same,
        # No document proves it, so the assurance is lower.
        "substantial",
    )
    identified = identify_at_desk(application, applicant, proven, staff=staff, now=now)
    new_check = _new_check(check, decision, identified, staff, now)
    record(
        EventKind.DESK_IDENTIFIED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(new_check.pk),
        identification=str(identified.id),
        decision=str(decision.pk),
    )
    return identified


def _decision(check: DeskCheck, now: datetime) -> CheckDecision:
    decision = check.decisions.order_by("-at").first()
    if decision is None or decision.outcome != CheckOutcome.IDENTIFY or decision.at <= now - _SERVES_FOR:
        raise NoSuchTask
    # The lock on the application keeps other requests from using it.
    if DeskCheck.objects.filter(by_decision=decision).exists():
        raise NoSuchTask
    return decision


def _new_check(
    check: DeskCheck, decision: CheckDecision, identified: Identified, staff: StaffMember, now: datetime
) -> DeskCheck:
    # A check of its own, so that it is listed and can be annulled like any other.
    return DeskCheck.objects.create(
        at=now,
        staff_id=staff.user_id,
        desk=check.desk,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        identification_id=identified.id,
        kind=check.kind,
        issuer=check.issuer,
        expires_on=check.expires_on,
        number_end=check.number_end,
        answers=check.answers,
        difference=check.difference,
        compared=check.compared,
        for_review=True,  # no document proves it
        by_decision=decision,
    )
