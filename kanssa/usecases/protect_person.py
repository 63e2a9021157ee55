from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.keeping import locked
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow
from kanssa.evidence.record import record
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
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A clerk records that an identified person has a non-disclosure order, or that what was recorded ended.

    What the register said through Suomi.fi stays as it is. Refuses: NotYourRole, NoSuchApplication,
    OwnHousehold, NotAllowedNow (nobody has identified in this place).
    """
    require_role(staff, Role.CLERK)
    household = locked(application_id, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if place.person_id is None:
        raise NotAllowedNow
    person = Person.objects.select_for_update().get(pk=place.person_id)
    person.hear_of_protection(is_protected=is_protected, of="clerk")
    record(
        "protection-recorded",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        is_protected=is_protected,
    )
