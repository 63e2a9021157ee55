from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.refusals import NoSuchApplication, SomeoneElse
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.printed_invitations import print_code
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class PrintedInvitation:
    """A code to print; it is stored hashed and cannot be shown again."""

    code: str = field(repr=False)
    expires_at: datetime


@use_case(Action.RESEND)
def print_invitation(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> PrintedInvitation:
    """Make a code that the main applicant hands over to a co-applicant; a former one ends at once.

    Only the identified main applicant, as with links. It can be repeated, also after that adult has
    identified: then the code lets no one in, and nothing shows it.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NothingToInvite, PrintedInvitationsUsedUp,
    NotIdentified, ReauthenticationRequired.
    """
    application = locked(application_id, now=now)
    if not application.applicant_of(identified.person_id).is_main:
        raise SomeoneElse
    require_reauthentication(identified)
    applicant = application.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    application.require(Action.RESEND)
    invitation, code = print_code(application, applicant)
    save(application)
    record(
        EventKind.INVITATION_PRINTED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        invitation=str(invitation.pk),
    )
    return PrintedInvitation(code, invitation.expires_at or now)
