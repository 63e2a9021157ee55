"""Links for co-applicants: who gets one, when, and how long that gives everybody to confirm."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.applications.announcements import tell_invited
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.validity import confirming_time_from
from kanssa.messages.letters import Topic, count_to


def invite_all(household: Household, *, now: datetime) -> None:
    """Invite each co-applicant who was never invited and has an e-mail address."""
    invited = set(
        Invitation.objects.filter(applicant__application=household.application).values_list(
            "applicant_id", flat=True
        )
    )
    for key, applicant in household.applicants.items():
        if key not in invited and household.can_be_invited(key) and has_room(household, key, now=now):
            invite(household, applicant, now=now)


def has_room(household: Household, applicant_id: UUID, *, now: datetime) -> bool:
    """Whether the address of a co-applicant got fewer invitations today than one address may get.

    Somebody could name a stranger's address on many applications, or several times on one.
    """
    address = household.standing.content.adults[applicant_id].get("email", "")
    written = count_to(address, topic=Topic.INVITATION, since=now - timedelta(days=1))
    return written < settings.INVITATIONS_A_DAY


def invite(household: Household, applicant: Applicant, *, now: datetime) -> None:
    """Send a co-applicant a link of their own; a former one dies at once.

    A first invitation leaves its person time: everybody's time to confirm may grow by it.
    """
    former = Invitation.objects.filter(applicant=applicant)
    if not former.exists():
        _leave_time(household, now)
    former.living().update(ended_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(applicant=applicant, token_hash=hash_of(token), sent_at=now)
    tell_invited(household, applicant.pk, invitation_id=invitation.pk, token=token, now=now)


def hash_of(token: str) -> bytes:
    """What of an invitation's token is stored."""
    return hashlib.sha256(token.encode()).digest()


def _leave_time(household: Household, now: datetime) -> None:
    application = household.application
    if application.sent_at is None or application.confirm_by is None:
        return
    longer = confirming_time_from(application.sent_at, invited_at=now)
    application.confirm_by = max(application.confirm_by, longer)
    application.save(update_fields=["confirm_by"])
