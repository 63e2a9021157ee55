from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.content import full_name
from kanssa.applications.desk_cases import Reason, record_protected, require_stranger
from kanssa.applications.household import Household
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.sight import protected_facts
from kanssa.applications.states import State
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class ProtectedContacts:
    """The contacts of somebody under a non-disclosure order: names of fields, and answers."""

    name: str = field(repr=False)
    facts: Mapping[str, str] = field(repr=False)


@use_case
def open_protected(
    *,
    application_id: UUID,
    applicant_id: UUID,
    reason: Reason,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> ProtectedContacts:
    """A clerk opens the contacts of a protected person, for a reason; each time leaves an event of its own.

    Refuses: NotYourRole, NoSuchApplication (or nobody protected), OwnHousehold.
    """
    require_role(staff, Role.CLERK)
    household = Household.of(application_id, now=now)
    place = household.applicants.get(applicant_id)
    if place is None or household.state is State.DRAFT:
        raise NoSuchApplication
    require_stranger(staff, household)
    if not record_protected(place, what="contacts", reason=reason, actor=actor, now=now):
        raise NoSuchApplication
    return ProtectedContacts(
        full_name(household.facts_of(applicant_id)), protected_facts(applicant_id, household)
    )
