"""Links for co-applicants: who gets one, when, and how it extends the time to confirm."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.address_troubles import (
    Side,
    accepts_mail_at,
    has_refused_invitation,
    refuses_mail_at,
    trust_address,
)
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import confirming_time_from
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.notifications.announcements import notify_invited
from kanssa.applications.refusals import (
    InvitationRefused,
    InvitationSpent,
    InvitationsUsedUp,
    InvitationTooSoon,
    NoSuchInvitation,
    NotTheirAddress,
)
from kanssa.links.mailed_link import hash_token, new_token
from kanssa.messages.queue import count_messages_to
from kanssa.messages.topics import Topic
from kanssa.messages.transitions import may_have_arrived


def invite_all(loaded: LoadedApplication) -> None:
    for key, applicant in loaded.applicants.items():
        is_new = key not in loaded.first_invited and loaded.can_be_invited(key)
        if is_new and accepts_invitations(loaded, key):
            invite(loaded, applicant)


def accepts_invitations(loaded: LoadedApplication, applicant_id: UUID) -> bool:
    # A link over the mailbox's limit for today leaves later by itself (kanssa/messages/pacing.py).
    address = loaded.typed_facts_of(applicant_id).get("email", "")
    return accepts_mail_at(loaded.applicants[applicant_id], address, side=Side.TYPED)


def require_invitation_allowed(loaded: LoadedApplication, applicant: Applicant) -> None:
    """Refuses: NotTheirAddress, InvitationTooSoon, InvitationsUsedUp."""
    address = loaded.typed_facts_of(applicant.pk).get("email", "")
    if refuses_mail_at(applicant, address, side=Side.TYPED):
        # “Not for me” outlives the limits: it is answered first.
        raise NotTheirAddress
    require_cooldown(applicant, address, now=loaded.now)
    if _is_used_up(loaded, address):
        raise InvitationsUsedUp
    # The request also says that a bounced address is right. Once an adult has identified, only they say it of
    # their own mail.
    trust_address(applicant, address, side=Side.TYPED)


def _is_used_up(loaded: LoadedApplication, address: str) -> bool:
    since = loaded.now - timedelta(days=1)
    # Links of other applications do not count: the answer would reveal that they exist.
    written = count_messages_to(address, topic=Topic.INVITATION, since=since, about=loaded.application.pk)
    return written >= settings.MAX_DAILY_INVITATIONS


def can_send_invitation(loaded: LoadedApplication, applicant_id: UUID) -> bool:
    is_missing = loaded.applicants[applicant_id].person_id is None
    has_begun = loaded.main_applicant.person_id is not None
    return is_missing and has_begun and loaded.can_be_invited(applicant_id)


def require_cooldown(applicant: Applicant, address: str, *, now: datetime) -> None:
    """Let no link follow too soon one that may have arrived at the address. Refuses: InvitationTooSoon."""
    since = now - settings.INVITATION_COOL_DOWN
    latest = Invitation.objects.filter(applicant=applicant, sent_at__gt=since).order_by("-sent_at").first()
    # An invitation that surely did not arrive must not make its adult wait.
    if latest is not None and may_have_arrived(applicant.pk, address, topic=Topic.INVITATION):
        raise InvitationTooSoon(minutes=ceil((latest.sent_at - since) / timedelta(minutes=1)))


def invite(loaded: LoadedApplication, applicant: Applicant) -> None:
    end_former_invitation(loaded, applicant)
    token = new_token()
    invitation = Invitation.objects.create(
        applicant=applicant, token_hash=hash_token(token), sent_at=loaded.now
    )
    loaded.first_invited.setdefault(applicant.pk, loaded.now)
    notify_invited(loaded, applicant.pk, invitation_id=invitation.pk, token=token)


def end_former_invitation(loaded: LoadedApplication, applicant: Applicant) -> None:
    """Make room for a new link or code; the first one may extend the time to confirm for all."""
    if applicant.pk in loaded.first_invited:
        # One active link per applicant (a constraint), and a mistyped address must lose its link at once.
        end_invitation(loaded, applicant)
    else:
        _extend_confirmation_period(loaded)


def end_invitation(loaded: LoadedApplication, applicant: Applicant) -> None:
    Invitation.objects.filter(applicant=applicant).end(now=loaded.now)


def invitation_of(token: str) -> Invitation:
    """Find an active link. Raises NoSuchInvitation, InvitationSpent, InvitationRefused."""
    row = Invitation.objects.select_related("applicant").of_token(token).first()
    if row is None:
        raise NoSuchInvitation
    if row.ended_at is not None:
        raise InvitationRefused if has_refused_invitation(row.applicant) else InvitationSpent
    return row


def applicant_of_link(invitation_id: UUID, *, now: datetime) -> UUID | None:
    """Give the applicant whose link or code it is; None if it has ended."""
    active = Invitation.objects.active().exclude(expires_at__lte=now)
    return active.filter(pk=invitation_id).values_list("applicant_id", flat=True).first()


def _extend_confirmation_period(loaded: LoadedApplication) -> None:
    application = loaded.application
    since = application.to_confirm_since
    if since is None or application.confirm_by is None:
        return
    # Every invited adult gets at least 14 days; the time is never shortened.
    longer = confirming_time_from(since, invited_at=loaded.now)
    application.confirm_by = max(application.confirm_by, longer)
