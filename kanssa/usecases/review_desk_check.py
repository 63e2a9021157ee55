from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.refusals import NoSuchTask, SomeoneElse
from kanssa.evidence.record import record
from kanssa.identification.models import DeskCheck
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def review_desk_check(
    *, check_id: UUID, outcome: Literal["good", "wrong"], staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A supervisor reviews a desk identification, never one of their own (DOMAIN, The desk).

    Refuses: NotYourRole, NoSuchTask, SomeoneElse (their own).
    """
    require_role(staff, Role.SUPERVISOR)
    check = DeskCheck.objects.select_for_update().filter(pk=check_id).first()
    if check is None:
        raise NoSuchTask
    if check.staff_id == staff.user_id:
        raise SomeoneElse
    check.reviewed_at, check.reviewed_by, check.review = now, staff.user_id, outcome
    check.save(update_fields=["reviewed_at", "reviewed_by", "review"])
    record(
        "desk-check-reviewed",
        actor=actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        outcome=outcome,
    )
