"""Decide how much a session may do, again at the moment of acting."""

from enum import IntEnum

from kanssa.accounts.applicant_account import has_reauthenticated
from kanssa.accounts.applicant_refusals import NewIdentificationRequired, ReauthenticationRequired
from kanssa.applications.refusals import NotIdentified
from kanssa.identification.sessions import ACCOUNT, Identified, is_session_ended


class AccessLevel(IntEnum):
    """How far a session opens the service, lowest first (DOMAIN, Who sees what)."""

    AFTER_RESET = 0
    PASSWORD_ONLY = 1
    PROVEN = 2


def access_level_of(identified: Identified) -> AccessLevel:
    if identified.method != ACCOUNT or identified.is_strong:
        return AccessLevel.PROVEN
    # After a password reset a session opens nothing until re-authentication.
    return AccessLevel.PASSWORD_ONLY if has_reauthenticated(identified.person_id) else AccessLevel.AFTER_RESET


def require_reauthentication(identified: Identified, *, is_active: bool | None = None) -> None:
    """Refuse a session that ended since the request began, or that a password alone opened.

    The caller holds the person's lock, which an annulment takes too: of two at once, one sees the other.
    `is_active` is what was read under that lock; without it, it is read here.
    Refuses: NotIdentified, ReauthenticationRequired.
    """
    is_ended = is_session_ended(identified.id) if is_active is None else not is_active
    if is_ended:
        raise NotIdentified
    if not is_reauthenticated(identified):
        raise ReauthenticationRequired


def is_reauthenticated(identified: Identified) -> bool:
    return access_level_of(identified) is AccessLevel.PROVEN


def require_new_identification(identified: Identified) -> None:
    """Refuse a session that a second factor opened: who holds one must not be able to add another.

    Refuses: NotIdentified, ReauthenticationRequired, NewIdentificationRequired.
    """
    require_reauthentication(identified)
    if identified.by_second_factor:
        raise NewIdentificationRequired
