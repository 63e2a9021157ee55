from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.notifications.announcements import notify_decision
from kanssa.applications.refusals import NoSuchTask, OwnCheck
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome, is_answered_by, is_asked, record_decision
from kanssa.identification.models import DeskCheck
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_OF_ANNULMENT = (CheckOutcome.KEPT,)
_OF_DOCUMENT = (CheckOutcome.IDENTIFY, CheckOutcome.REFUSE)


@use_case(Action.DECIDE_CHECK)
def decide_desk_check(
    *,
    check_id: UUID,
    outcome: CheckOutcome,
    grounds: str,
    words: str,
    is_code_same: bool | None = None,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Answer a clerk's request as a supervisor, with grounds (DOMAIN, The desk).

    The clerk may identify a person without an acceptable document, or not; an identification that a clerk
    wanted annulled is kept (annulling is `annul_desk_check`).
    Refuses: NotYourRole, NoSuchTask, OwnCheck (they made the check, or decided that it be made),
    ConflictingInterest.
    """
    require_role(staff, Role.SUPERVISOR)
    check = DeskCheck.objects.select_for_update().filter(pk=check_id).first()
    if check is None or not is_asked(check):
        raise NoSuchTask
    # The answer must fit the question that is open.
    if outcome not in (_OF_ANNULMENT if check.annulment_asked_at else _OF_DOCUMENT):
        raise NoSuchTask
    if is_answered_by(check, staff.user_id):
        raise OwnCheck
    application = LoadedApplication.of(check.application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    decision = record_decision(
        check,
        outcome,
        grounds=grounds,
        words=words,
        staff_id=staff.user_id,
        now=now,
        is_code_same=is_code_same,
    )
    if outcome in _OF_DOCUMENT and check.applicant_id in application.applicants:
        notify_decision(application, check.applicant_id, outcome=outcome, cause=str(decision.pk))
    record(
        EventKind.DESK_CHECK_DECIDED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        decision=str(decision.pk),
        outcome=outcome,
        grounds=grounds,
    )
