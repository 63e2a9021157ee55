from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.address_troubles import refuses_mail_at
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.refusals import NoSuchApplication, NotTheirAddress
from kanssa.applications.states import Action
from kanssa.applications.transitions.address_retries import retry_address
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.RETRY_ADDRESS)
def retry_address_from_desk(
    *, application_id: UUID, applicant_id: UUID, staff: StaffMember, now: datetime
) -> int:
    """Try an adult's address again, when a clerk was told that it is right; gives how many messages go out.

    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotTheirAddress, NoAddressToTry,
    AddressTriedEnough.
    """
    require_role(staff, Role.CLERK)
    application = locked(application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    if refuses_mail_at(applicant, application.facts_of(applicant.pk).get("email", "")):
        # “Not for me” was said by a reader of the address: a clerk does not override it.
        raise NotTheirAddress
    again = retry_address(application, applicant)
    record(
        EventKind.ADDRESS_RETRIED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        messages=again,
    )
    return again
