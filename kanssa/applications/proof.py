"""What a session opens to the person who came by it, asked again at the moment of acting."""

from enum import IntEnum

from kanssa.accounts.account import is_proven
from kanssa.accounts.account_refusals import ProofNeeded
from kanssa.applications.refusals import NotIdentified
from kanssa.identification.living import ACCOUNT, Identified, is_ended


class AccessLevel(IntEnum):
    """How far a session opens the service, lowest first (DOMAIN, Who sees what).

    A second factor of an account will give `PROVEN`.
    """

    AFTER_RESET = 0
    PASSWORD_ONLY = 1
    PROVEN = 2


def access_of(identified: Identified) -> AccessLevel:
    """The level of a session. A reset password opens nothing until its person has shown who they are."""
    if identified.method != ACCOUNT or identified.is_proof:
        return AccessLevel.PROVEN
    return AccessLevel.PASSWORD_ONLY if is_proven(identified.person_id) else AccessLevel.AFTER_RESET


def require_proof(identified: Identified) -> None:
    """Refuse a session that ended since the request began, or that a password alone opened.

    The caller holds the person's lock, which an annulment takes too: of two at once, one sees the other.
    Refuses: NotIdentified, ProofNeeded.
    """
    if is_ended(identified.id):
        raise NotIdentified
    if not has_proof(identified):
        raise ProofNeeded


def has_proof(identified: Identified) -> bool:
    """Whether more than a password showed who the person is."""
    return access_of(identified) is AccessLevel.PROVEN
