from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.non_disclosure import is_already_recorded, set_non_disclosure
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NotPresent
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import is_identified_in_person, is_represented_by_guardian
from kanssa.identification.sessions import Identified
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.RECORD_NON_DISCLOSURE)
def record_non_disclosure(
    *,
    application_id: UUID,
    applicant_id: UUID,
    is_protected: bool,
    because: str,
    served: Identified | None,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Record that a person has a non-disclosure order, or that a recorded one ended.

    Recording protects, so a request may come in any way, from others, and about a person who has not
    identified: it holds for any person who claims the applicant, also after another identification. Ending
    reveals, and is done only for the person (identified and served by this clerk) or their guardian (with a
    document in the check); never for an agent. `because` is a code and is stored. The register's
    information through Suomi.fi does not change. Recording the same again changes nothing.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotPresent.
    """
    require_role(staff, Role.CLERK)
    application, _rivals = locked_with_rivals(application_id, now=now)
    require_no_conflict_of_interest(staff, application)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    # An abuser could call and ask for the order to be ended.
    if not is_protected and not _is_here(applicant, served, staff):
        raise NotPresent
    if is_already_recorded(applicant, holds=is_protected):
        return
    # With the person too, so that the order holds on applications to come.
    if applicant.person_id is not None:
        person = Person.objects.get(pk=applicant.person_id)
        person.record_non_disclosure(is_protected=is_protected, of="clerk")
    set_non_disclosure(applicant, holds=is_protected)
    record(
        EventKind.NON_DISCLOSURE_RECORDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        is_protected=is_protected,
        because=because,
        identification=str(served.id) if served and not is_protected else "",
        by_guardian=not is_protected and served is not None and is_represented_by_guardian(served.id),
    )


def _is_here(applicant: Applicant, served: Identified | None, staff: StaffMember) -> bool:
    if served is None or served.by_staff != staff.user_id or served.person_id != applicant.person_id:
        return False
    return is_identified_in_person(served.id) or is_represented_by_guardian(served.id)
