from datetime import datetime

from kanssa.applications.aggregate.address_troubles import mark_refused
from kanssa.applications.refusals import InvitationSpent
from kanssa.applications.states import Action
from kanssa.applications.transitions.invitations import end_invitation, invitation_of
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.messages.delivery_states import DeliveryReason
from kanssa.messages.queue import cancel_messages_to, refuse_latest_invitation
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.NOT_FOR_ME)
def refuse_invitation(*, token: str, actor: Actor, now: datetime) -> None:
    """Say “not for me”, as the holder of the link (DOMAIN, rule 6).

    Mail stops going to that address, the link ends, and the main applicant sees that the address is wrong.
    Nothing else changes.
    Refuses: NoSuchInvitation, InvitationSpent, InvitationRefused, NotAllowedNow.
    """
    invitation = invitation_of(token)
    loaded = locked(invitation.applicant.application_id, now=now)
    loaded.require(Action.NOT_FOR_ME)
    applicant = loaded.applicants.get(invitation.applicant_id)
    if applicant is None:  # the adult was removed from the application since
        raise InvitationSpent
    end_invitation(loaded, applicant)
    address = loaded.typed_facts_of(applicant.pk).get("email", "")
    mark_refused(applicant, address)
    # Messages that wait would still reach the stranger.
    cancel_messages_to(address, applicant_id=applicant.pk, because=DeliveryReason.NOT_FOR_ME, now=now)
    # The main applicant sees the address as wrong.
    refuse_latest_invitation(applicant.pk, now=now)
    save(loaded)
    record(
        EventKind.NOT_FOR_ME,
        actor=actor,
        now=now,
        application_id=loaded.application.pk,
        applicant_id=applicant.pk,
        invitation=str(invitation.pk),
    )
