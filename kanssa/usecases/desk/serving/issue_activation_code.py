from datetime import datetime

from kanssa.accounts.activation_codes import new_code
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import require_no_representative
from kanssa.identification.refusals import NotIdentifiedBefore
from kanssa.identification.sessions import Identified, has_been_identified
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.ISSUE_CODE)
def issue_activation_code(*, served: Identified, staff: StaffMember, now: datetime) -> str:
    """Give the code for a person's printed slip. It can be read this once; an older slip ends.

    Refuses: NotYourRole, NotIdentified, NotIdentifiedBefore, HasRepresentative: with the code a
    representative could act for the person from anywhere.
    """
    require_role(staff, Role.CLERK)
    person_id = served.person_id
    # An annulment takes the same lock: no slip is issued for an identification that just ended.
    Person.objects.select_for_update().get(pk=person_id)
    require_reauthentication(served)
    if not has_been_identified(person_id):
        raise NotIdentifiedBefore
    # With the code a representative could act for the person from anywhere.
    require_no_representative(served.id)
    code = new_code(person_id, issued_by=staff.user_id, now=now)
    # The name of the slip alone: the log must not hold the secret.
    record(EventKind.ACTIVATION_CODE_ISSUED, actor=staff.actor, now=now, person=str(person_id), slip=code[:4])
    return code
