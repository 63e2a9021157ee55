from datetime import datetime
from uuid import UUID

from kanssa.applications.invitations import invite, require_room
from kanssa.applications.keeping import keep, locked
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import (
    NoSuchApplication,
    NothingToInvite,
    SomeoneElse,
)
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def resend_invitation(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Send a co-applicant a new link; the old one dies at once.

    The identified main applicant may, a few times a day and with a pause between. Asked of an address
    that bounced, it says that the address is right.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NothingToInvite, NotTheirAddress,
    InvitationTooSoon, InvitationsUsedUp, NotIdentified, ProofNeeded.
    """
    household = locked(application_id, now=now)
    if not household.place_of(identified.person_id).is_main:
        raise SomeoneElse
    require_proof(identified)
    applicant = household.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    household.require(Deed.RESEND)
    if not household.can_be_invited(applicant_id):
        raise NothingToInvite
    require_room(household, applicant)
    invite(household, applicant)
    keep(household)
    record(
        "invitation-resent", actor=actor, now=now, application_id=application_id, applicant_id=applicant_id
    )
