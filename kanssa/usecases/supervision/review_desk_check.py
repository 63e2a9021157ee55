from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.refusals import NoSuchTask, OwnCheck
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import is_answered_by
from kanssa.identification.models import DeskCheck
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.REVIEW_CHECK)
def review_desk_check(
    *, check_id: UUID, outcome: Literal["good", "wrong"], staff: StaffMember, now: datetime
) -> None:
    """Review a desk identification as a supervisor, once, never one of their own (DOMAIN, The desk).

    Refuses: NotYourRole, NoSuchTask (or reviewed already), OwnCheck (their own, or by their decision),
    ConflictingInterest.
    """
    require_role(staff, Role.SUPERVISOR)
    check = DeskCheck.objects.select_for_update().filter(pk=check_id, reviewed_at=None).first()
    if check is None:
        raise NoSuchTask
    # No one reviews their own work (DOMAIN, The desk).
    if is_answered_by(check, staff.user_id):
        raise OwnCheck
    require_no_conflict_of_interest(staff, LoadedApplication.of(check.application_id, now=now))
    check.reviewed_at, check.reviewed_by, check.review = now, staff.user_id, outcome
    check.save(update_fields=["reviewed_at", "reviewed_by", "review"])
    record(
        EventKind.DESK_CHECK_REVIEWED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        outcome=outcome,
    )
