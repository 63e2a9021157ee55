from datetime import datetime
from uuid import UUID

from kanssa.accounts.activation import new_code
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.evidence.record import record
from kanssa.identification.living import was_identified
from kanssa.identification.refusals import NeverIdentified
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def issue_activation_code(*, person_id: UUID, staff: StaffMember, actor: Actor, now: datetime) -> str:
    """Give the code for a person's printed slip. It can be read this once; an older slip ends.

    Refuses: NotYourRole, NeverIdentified.
    """
    require_role(staff, Role.CLERK)
    if not was_identified(person_id):
        raise NeverIdentified
    Person.objects.select_for_update().get(pk=person_id)
    code = new_code(person_id, issued_by=staff.user_id, now=now)
    record("slip-issued", actor=actor, now=now, person=str(person_id), slip=code[:4])
    return code
