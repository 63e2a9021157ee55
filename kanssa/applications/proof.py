"""Whether somebody may act as the person they came as, asked again at the moment of acting."""

from kanssa.accounts.account import is_proven, require_proven
from kanssa.applications.refusals import NotIdentified
from kanssa.identification.living import ACCOUNT, Identified, is_ended


def require_proof(identified: Identified) -> None:
    """Refuse whose identification was annulled or ended since the request began, or leans on a new password.

    The caller holds the person's lock, which an annulment takes too: of two at once, one sees the other.
    Refuses: NotIdentified, ProofNeeded.
    """
    if is_ended(identified.id):
        raise NotIdentified
    if identified.method == ACCOUNT:
        require_proven(identified.person_id)


def has_proof(identified: Identified) -> bool:
    """Whether they came as themselves, not by a password that was set anew with nothing proven since."""
    return identified.method != ACCOUNT or is_proven(identified.person_id)
