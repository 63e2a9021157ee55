from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import AccessReason, require_no_conflict_of_interest
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case
def record_served_page(*, page: str, application_id: UUID | None, staff: StaffMember, now: datetime) -> None:
    """Record that a clerk opens one of a person's own pages with them.

    `page` is the name of its address; `application_id` is None where the page is not about a single one.
    Refuses: NotYourRole, ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    if application_id is not None:
        # The served person may be on an application of the clerk's household.
        require_no_conflict_of_interest(staff, LoadedApplication.of(application_id, now=now))
    record(
        EventKind.READ_WHILE_SERVING,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        page=page,
        reason=AccessReason.VISIT,
    )
