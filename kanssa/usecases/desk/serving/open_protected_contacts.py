from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import protected_facts
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.content.content import full_name
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import State
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class ProtectedContacts:
    """The contacts of a person under a non-disclosure order: answers by field name."""

    name: str = field(repr=False)
    facts: Mapping[str, str] = field(repr=False)


@use_case
def open_protected_contacts(
    *,
    application_id: UUID,
    applicant_id: UUID,
    reason: AccessReason,
    staff: StaffMember,
    now: datetime,
) -> ProtectedContacts:
    """Open the contacts of a protected person, for a reason; each time is recorded as an event of its own.

    Refuses: NotYourRole, NoSuchApplication (also where the person is not protected), ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    application = LoadedApplication.of(application_id, now=now)
    applicant = application.applicants.get(applicant_id)
    if applicant is None or application.state is State.DRAFT:
        raise NoSuchApplication
    require_no_conflict_of_interest(staff, application)
    # The event comes first; where no order holds, the case itself shows the contacts.
    if not record_protected_read(applicant, what="contacts", reason=reason, actor=staff.actor, now=now):
        raise NoSuchApplication
    return ProtectedContacts(
        full_name(application.facts_of(applicant_id)), protected_facts(applicant_id, application)
    )
