from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.refusals import NoSuchTask
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.models import DeskCheck
from kanssa.usecases.use_case import use_case
from kanssa.values.identity_document import NO_ACCEPTABLE_DOCUMENT
from kanssa.values.role import Role


@use_case(Action.REQUEST_DECISION)
def request_decision(*, application_id: UUID, check_id: UUID, staff: StaffMember, now: datetime) -> None:
    """Ask a supervisor to decide about a person without an acceptable document.

    A repeated request is one request. Refuses: NotYourRole, NoSuchTask, ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    checks = DeskCheck.objects.select_for_update().filter(pk=check_id, application_id=application_id)
    check = checks.filter(refused_because__in=NO_ACCEPTABLE_DOCUMENT).first()
    if check is None:
        raise NoSuchTask
    require_no_conflict_of_interest(staff, LoadedApplication.of(check.application_id, now=now))
    if check.decision_asked_at is not None:
        return
    check.decision_asked_at, check.decision_asked_by = now, staff.user_id
    check.save(update_fields=["decision_asked_at", "decision_asked_by"])
    record(
        EventKind.DECISION_REQUESTED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
    )
