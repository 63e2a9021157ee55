from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_main_applicant_passed
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.keeping import keep, locked
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import Deed
from kanssa.applications.validity import pass_main_place
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def record_departure(
    *,
    application_id: UUID,
    applicant_id: UUID,
    because: Literal["died", "moved"],
    grounds: str,
    words: str,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A clerk records that an adult died or moved away, and how they came to know (DOMAIN, rule 8).

    The person stops counting from the next version; a main applicant's place passes on. `grounds` is a
    code, and is kept; `words` is sealed. A supervisor alone takes it back (`undo_departure`). Refuses:
    NotYourRole, NoSuchApplication, OwnHousehold, NotAllowedNow.
    """
    require_role(staff, Role.CLERK)
    household = locked(application_id, now=now)
    require_stranger(staff, household)
    household.require(Deed.RECORD_DEPARTURE)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if place.left_at is not None:
        return
    place.left_at, place.left_because, place.left_by = now, because, staff.user_id
    place.left_as_main = place.is_main
    place.save(update_fields=["left_at", "left_because", "left_by", "left_as_main"])
    has_passed = place.is_main and pass_main_place(household, away_from={place.person_id})
    keep(household)
    record(
        "departure-recorded",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        because=because,
        grounds=grounds,
    )
    if has_passed:
        tell_main_applicant_passed(household, cause=f"departure:{now.isoformat()}")
