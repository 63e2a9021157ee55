from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.refusals import NoSuchApplication, NothingToInvite
from kanssa.applications.states import Action
from kanssa.applications.transitions.invitations import (
    can_send_invitation,
    invite,
    require_invitation_allowed,
)
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.RESEND)
def resend_invitation_from_desk(
    *, application_id: UUID, applicant_id: UUID, staff: StaffMember, now: datetime
) -> None:
    """Send a co-applicant a new link, for a person who is at the desk or calls; the old link ends.

    Not before the main applicant has identified.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow, NothingToInvite,
    NotTheirAddress, InvitationTooSoon, InvitationsUsedUp.
    """
    require_role(staff, Role.CLERK)
    application = locked(application_id, now=now)
    # After the lock: adults may have joined since the page was shown.
    require_no_conflict_of_interest(staff, application)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    application.require(Action.RESEND)
    if not can_send_invitation(application, applicant_id):
        raise NothingToInvite
    require_invitation_allowed(application, applicant)
    invite(application, applicant)
    save(application)
    record(
        EventKind.INVITATION_RESENT,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
    )
