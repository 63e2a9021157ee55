"""Links for co-applicants: who gets one, when, and how long that gives everybody to confirm."""

import hashlib
import secrets
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings

from kanssa.applications.address_troubles import (
    Side,
    has_refused_a_link,
    is_heard_at,
    refuses_mail_at,
    trust_address,
)
from kanssa.applications.announcements import tell_invited
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.periods import confirming_time_from
from kanssa.applications.refusals import (
    InvitationRefused,
    InvitationSpent,
    InvitationsUsedUp,
    InvitationTooSoon,
    NoSuchInvitation,
    NotTheirAddress,
)
from kanssa.messages.letters import Topic, count_to
from kanssa.messages.progress import may_have_arrived


def invite_all(household: Household) -> None:
    """Invite each co-applicant who was never invited and has an e-mail address."""
    for key, applicant in household.applicants.items():
        is_new = key not in household.first_invited and household.can_be_invited(key)
        if is_new and takes_links(household, key):
            invite(household, applicant)


def takes_links(household: Household, applicant_id: UUID) -> bool:
    """Whether links go to the address of a co-applicant: not where it bounces or somebody said “not for me”.

    One that has no room in its mailbox today leaves by itself later (kanssa/messages/pacing.py).
    """
    address = household.typed_facts_of(applicant_id).get("email", "")
    return is_heard_at(household.applicants[applicant_id], address, side=Side.TYPED)


def require_room(household: Household, applicant: Applicant) -> None:
    """Let a person's wish send a link, within the caps; it says that an address that bounced is right.

    Whether mail of an adult's own goes there, once they have identified, they themselves say.

    Refuses: NotTheirAddress, InvitationTooSoon, InvitationsUsedUp.
    """
    address = household.typed_facts_of(applicant.pk).get("email", "")
    if refuses_mail_at(applicant, address, side=Side.TYPED):
        raise NotTheirAddress
    require_pause(applicant, address, now=household.now)
    if _is_used_up(household, address):
        raise InvitationsUsedUp
    trust_address(applicant, address, side=Side.TYPED)


def _is_used_up(household: Household, address: str) -> bool:
    """Whether this application sent as many as it may; another's never count, so none is betrayed."""
    since = household.now - timedelta(days=1)
    written = count_to(address, topic=Topic.INVITATION, since=since, about=household.application.pk)
    return written >= settings.INVITATIONS_A_DAY


def can_be_sent_a_link(household: Household, applicant_id: UUID) -> bool:
    """Whether the desk may send a link: to who has not identified, once the main applicant has."""
    is_missing = household.applicants[applicant_id].person_id is None
    has_begun = household.main_applicant.person_id is not None
    return is_missing and has_begun and household.can_be_invited(applicant_id)


def require_pause(applicant: Applicant, address: str, *, now: datetime) -> None:
    """Let no link follow too soon one that may have arrived at the address. Refuses: InvitationTooSoon."""
    since = now - settings.INVITATION_COOL_DOWN
    latest = Invitation.objects.filter(applicant=applicant, sent_at__gt=since).order_by("-sent_at").first()
    if latest is not None and may_have_arrived(applicant.pk, address, topic=Topic.INVITATION):
        raise InvitationTooSoon(minutes=ceil((latest.sent_at - since) / timedelta(minutes=1)))


def invite(household: Household, applicant: Applicant) -> None:
    """Send a co-applicant a link of their own; a former one dies at once.

    A first invitation leaves its person time: everybody's time to confirm may grow by it, which
    the caller keeps.
    """
    if applicant.pk not in household.first_invited:
        _leave_time(household)
    end_invitation(household, applicant)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        applicant=applicant, token_hash=hash_of(token), sent_at=household.now
    )
    household.first_invited.setdefault(applicant.pk, household.now)
    tell_invited(household, applicant.pk, invitation_id=invitation.pk, token=token)


def end_invitation(household: Household, applicant: Applicant) -> None:
    """Let a co-applicant's link open no more."""
    Invitation.objects.living().filter(applicant=applicant).update(ended_at=household.now)


def invitation_of(token: str) -> Invitation:
    """Find a link that opens. Raises NoSuchInvitation, InvitationSpent, InvitationRefused."""
    row = Invitation.objects.select_related("applicant").filter(token_hash=hash_of(token)).first()
    if row is None:
        raise NoSuchInvitation
    if row.ended_at is not None:
        raise InvitationRefused if has_refused_a_link(row.applicant) else InvitationSpent
    return row


def hash_of(token: str) -> bytes:
    """What of an invitation's token is stored."""
    return hashlib.sha256(token.encode()).digest()


def _leave_time(household: Household) -> None:
    application = household.application
    since = application.to_confirm_since
    if since is None or application.confirm_by is None:
        return
    longer = confirming_time_from(since, invited_at=household.now)
    application.confirm_by = max(application.confirm_by, longer)
