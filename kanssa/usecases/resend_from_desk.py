from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.invitations import can_be_sent_a_link, invite, require_room
from kanssa.applications.keeping import keep, locked
from kanssa.applications.refusals import NoSuchApplication, NothingToInvite
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def resend_from_desk(
    *, application_id: UUID, applicant_id: UUID, staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A clerk has a co-applicant sent a new link, for somebody who is there or calls; the old one dies.

    Not before the main applicant has identified. Refuses: NotYourRole, NoSuchApplication,
    OwnHousehold, NotAllowedNow, NothingToInvite, NotTheirAddress, InvitationTooSoon,
    InvitationsUsedUp.
    """
    require_role(staff, Role.CLERK)
    household = locked(application_id, now=now)
    require_stranger(staff, household)
    applicant = household.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    household.require(Deed.RESEND)
    if not can_be_sent_a_link(household, applicant_id):
        raise NothingToInvite
    require_room(household, applicant)
    invite(household, applicant)
    keep(household)
    record(
        "invitation-resent", actor=actor, now=now, application_id=application_id, applicant_id=applicant_id
    )
