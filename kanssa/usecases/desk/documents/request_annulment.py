from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.refusals import NoSuchTask
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome, is_asked, latest_outcome
from kanssa.identification.models import DeskCheck
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.REQUEST_DECISION)
def request_annulment(*, check_id: UUID, reason: str, words: str, staff: StaffMember, now: datetime) -> None:
    """Ask a supervisor to annul a wrong desk identification; `reason` is a code, `words` what was seen.

    Repeated before a supervisor has answered, it is one request; after “kept” it is a new one.
    Refuses: NotYourRole, NoSuchTask (or annulled already).
    """
    require_role(staff, Role.CLERK)
    check = DeskCheck.objects.select_for_update().filter(pk=check_id, identification__isnull=False).first()
    if check is None or latest_outcome(check) == CheckOutcome.ANNULLED:
        raise NoSuchTask
    # Repeated before an answer, it is one request.
    if is_asked(check):
        return
    check.annulment_asked_at, check.annulment_asked_by = now, staff.user_id
    check.annulment_reason = reason
    check.save(update_fields=["annulment_asked_at", "annulment_asked_by", "annulment_reason"])
    record(
        EventKind.ANNULMENT_REQUESTED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        words=words,
        check=str(check.pk),
        reason=reason,
    )
