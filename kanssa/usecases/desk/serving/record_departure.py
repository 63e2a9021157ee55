from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.refusals import GroundsTooWeak, NoSuchApplication
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

GROUNDS = frozenset({"person", "authority", "register", "certificate"})
"""How a clerk may know: never by another applicant's or a relative's word alone."""


@use_case(Action.RECORD_DEPARTURE)
def record_departure(
    *,
    application_id: UUID,
    applicant_id: UUID,
    because: Literal["died", "moved"],
    grounds: str,
    words: str,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Record that an adult died or moved away, and how the clerk knows (DOMAIN, rule 8).

    The person stops counting from the next version; the main applicant's place is offered to the others.
    `grounds` is a code, and is stored; `words` is sealed. Only a supervisor can undo it (`undo_departure`).
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow, GroundsTooWeak.
    """
    require_role(staff, Role.CLERK)
    if grounds not in GROUNDS:
        raise GroundsTooWeak
    application = locked(application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    application.require(Action.RECORD_DEPARTURE)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    # Recorded once; only a supervisor undoes it.
    if applicant.left_at is not None:
        return
    applicant.left_at, applicant.left_because, applicant.left_by = now, because, staff.user_id
    # Kept, so that undoing a mistake gives the role back.
    applicant.left_as_main = applicant.is_main
    applicant.save(update_fields=["left_at", "left_because", "left_by", "left_as_main"])
    save(application)
    record(
        EventKind.DEPARTURE_RECORDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        because=because,
        grounds=grounds,
    )
