from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings

from kanssa.applications.invitations import has_room, invite
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.refusals import (
    InvitationsUsedUp,
    InvitationTooSoon,
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

    The identified main applicant may, a few times a day and with a pause between.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NothingToInvite, InvitationTooSoon,
    InvitationsUsedUp.
    """
    household = locked(application_id, now=now)
    if not household.place_of(identified.person_id).is_main:
        raise SomeoneElse
    applicant = household.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    household.require(Deed.RESEND)
    if not household.can_be_invited(applicant_id):
        raise NothingToInvite
    _require_pause(applicant, now)
    if not has_room(household, applicant_id):
        raise InvitationsUsedUp
    invite(household, applicant)
    keep(household)
    record(
        "invitation-resent", actor=actor, now=now, application_id=application_id, applicant_id=applicant_id
    )


def _require_pause(applicant: Applicant, now: datetime) -> None:
    since = now - settings.INVITATION_COOL_DOWN
    latest = Invitation.objects.filter(applicant=applicant, sent_at__gt=since).order_by("-sent_at").first()
    if latest is not None:
        raise InvitationTooSoon(minutes=ceil((latest.sent_at - since) / timedelta(minutes=1)))
