from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.address_troubles import refuses_mail_at
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.keeping import locked
from kanssa.applications.refusals import NoSuchApplication, NotTheirAddress
from kanssa.applications.retrying import retry_address
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def retry_address_from_desk(
    *, application_id: UUID, applicant_id: UUID, staff: StaffMember, actor: Actor, now: datetime
) -> int:
    """A clerk was told that an adult's address is right; gives how many messages go out again.

    Refuses: NotYourRole, NoSuchApplication, OwnHousehold, NotTheirAddress, NoAddressToTry,
    AddressTriedEnough.
    """
    require_role(staff, Role.CLERK)
    household = locked(application_id, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if refuses_mail_at(place, household.facts_of(place.pk).get("email", "")):
        raise NotTheirAddress
    again = retry_address(household, place)
    record(
        "address-tried-again",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        messages=again,
    )
    return again
