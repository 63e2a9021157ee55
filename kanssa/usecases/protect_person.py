from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.models import Applicant
from kanssa.applications.orders import is_noted, note_order
from kanssa.applications.refusals import NoSuchApplication, NotPresent
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import came_in_person, guardian_came
from kanssa.identification.living import Identified
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def protect_person(
    *,
    application_id: UUID,
    applicant_id: UUID,
    is_protected: bool,
    because: str,
    served: Identified | None,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A clerk records that a person has a non-disclosure order, or that what was recorded ended.

    Recording protects, so it may be asked for in any way, by others and of somebody who has not
    identified too: it holds for whoever fills the place, also if who filled it is identified anew.
    Ending uncovers, and is done only for the person themselves, whom this clerk has identified and
    serves, or their guardian, whose document the check holds; never for an agent. `because` is a code
    and is kept. What the register said through Suomi.fi stays as it is.
    Recording what is recorded changes nothing. Refuses: NotYourRole, NoSuchApplication, OwnHousehold,
    NotPresent.
    """
    require_role(staff, Role.CLERK)
    household, _rivals = locked_with_rivals(application_id, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if not is_protected and not _is_here(place, served, staff):
        raise NotPresent
    if is_noted(place, holds=is_protected):
        return
    if place.person_id is not None:
        person = Person.objects.get(pk=place.person_id)
        person.hear_of_protection(is_protected=is_protected, of="clerk")
    note_order(place, holds=is_protected)
    record(
        "protection-recorded",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        is_protected=is_protected,
        because=because,
        identification=str(served.id) if served and not is_protected else "",
        by_guardian=not is_protected and served is not None and guardian_came(served.id),
    )


def _is_here(place: Applicant, served: Identified | None, staff: StaffMember) -> bool:
    """Whether the clerk serves this person or their guardian, and no agent in their place."""
    if served is None or served.by_staff != staff.user_id or served.person_id != place.person_id:
        return False
    return came_in_person(served.id) or guardian_came(served.id)
