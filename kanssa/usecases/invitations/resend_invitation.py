from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.refusals import (
    NoSuchApplication,
    NothingToInvite,
    SomeoneElse,
)
from kanssa.applications.states import Action
from kanssa.applications.transitions.invitations import invite, require_invitation_allowed
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.RESEND)
def resend_invitation(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Send a co-applicant a new link; the old one ends at once.

    For the identified main applicant, a few times a day and with a pause between. The request also says
    that an address that bounced is right.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NothingToInvite, NotTheirAddress,
    InvitationTooSoon, InvitationsUsedUp, NotIdentified, ReauthenticationRequired.
    """
    application = locked(application_id, now=now)
    if not application.applicant_of(identified.person_id).is_main:
        raise SomeoneElse
    # Under the lock, so that an annulment at the same time is seen.
    require_reauthentication(identified)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    application.require(Action.RESEND)
    if not application.can_be_invited(applicant_id):
        raise NothingToInvite
    require_invitation_allowed(application, applicant)
    invite(application, applicant)
    save(application)
    record(
        EventKind.INVITATION_RESENT,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
    )
