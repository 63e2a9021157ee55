from datetime import datetime

from kanssa.applications.address_troubles import refuse_mail_at
from kanssa.applications.invitations import end_invitation, invitation_of
from kanssa.applications.keeping import keep, locked
from kanssa.applications.refusals import InvitationSpent
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.messages.delivery import Reason
from kanssa.messages.letters import cancel_letters_to, refuse_latest_invitation
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def refuse_invitation(*, token: str, actor: Actor, now: datetime) -> None:
    """“Not for me”, pressed by whoever holds the link (DOMAIN, rule 6).

    Stops mail to that address; the link dies, and the main applicant sees that the address is
    wrong. Nothing else changes. Refuses: NoSuchInvitation, InvitationSpent, NotAllowedNow.
    """
    invitation = invitation_of(token)
    household = locked(invitation.applicant.application_id, now=now)
    household.require(Deed.NOT_FOR_ME)
    place = household.applicants.get(invitation.applicant_id)
    if place is None:  # left out of it since
        raise InvitationSpent
    end_invitation(household, place)
    address = household.typed_facts_of(place.pk).get("email", "")
    refuse_mail_at(place, address)
    cancel_letters_to(address, applicant_id=place.pk, because=Reason.NOT_FOR_ME, now=now)
    refuse_latest_invitation(place.pk, now=now)
    keep(household)
    record(
        "not-for-me",
        actor=actor,
        now=now,
        application_id=household.application.pk,
        applicant_id=place.pk,
        invitation=str(invitation.pk),
    )
