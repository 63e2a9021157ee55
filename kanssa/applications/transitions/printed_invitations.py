"""Printed invitations that a main applicant hands over: a short code in place of a mailed link."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.form import is_given
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.refusals import NothingToInvite, PrintedInvitationsUsedUp, WrongInvitationCode
from kanssa.applications.transitions.invitations import end_former_invitation
from kanssa.vault import fingerprint

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which look alike
_GROUP = 4
_GROUPS = 3  # 60 bits: a code names no application, so every guess is against all of them


def is_invited_by_hand(loaded: LoadedApplication, applicant_id: UUID) -> bool:
    """Tell whether the main applicant hands the invitation over to a co-applicant who is still to confirm.

    Decided by what was typed, so that nothing shows whether that adult has identified.
    """
    if loaded.applicants[applicant_id].is_main or applicant_id not in loaded.current.digests:
        return False
    is_by_hand = is_given(loaded.typed_facts_of(applicant_id), "by_hand")
    return is_by_hand and not loaded.confirmation_of(applicant_id)


def print_code(loaded: LoadedApplication, applicant: Applicant) -> tuple[Invitation, str]:
    """Make a code for a co-applicant and give it once; their earlier link or code ends.

    Refuses: NothingToInvite, PrintedInvitationsUsedUp.
    """
    if not is_invited_by_hand(loaded, applicant.pk):
        raise NothingToInvite
    since = loaded.now - timedelta(days=1)
    printed = Invitation.objects.filter(applicant=applicant, is_by_hand=True, sent_at__gt=since)
    if printed.count() >= settings.MAX_DAILY_INVITATIONS:
        raise PrintedInvitationsUsedUp
    end_former_invitation(loaded, applicant)
    plain = "".join(secrets.choice(_LETTERS) for _letter in range(_GROUP * _GROUPS))
    invitation = Invitation.objects.create(
        applicant=applicant,
        token_hash=_hash(plain),
        sent_at=loaded.now,
        is_by_hand=True,
        expires_at=loaded.now + settings.INVITATION_CODE_LIFETIME,
    )
    loaded.first_invited.setdefault(applicant.pk, loaded.now)
    return invitation, "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def invitation_of_code(typed: str, *, now: datetime) -> Invitation:
    """Find the invitation of a code, however it was typed. Refuses: WrongInvitationCode.

    A code that a person has used still opens its page, which shows nothing: a refusal would tell the others
    that this adult has identified. It lets no second person in.
    """
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    active = Invitation.objects.active().filter(is_by_hand=True, expires_at__gt=now)
    row = active.filter(token_hash=_hash(plain)).first()
    if row is None:
        raise WrongInvitationCode
    return row


def _hash(plain: str) -> bytes:
    # Keyed, unlike that of a mailed link: 60 bits could be guessed from the database alone.
    return fingerprint(plain, of="invitation-code")
