from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.second_factor import address_of, open_secret
from kanssa.accounts.staff import pending_sign_in
from kanssa.accounts.staff_refusals import NotSignedIn

_ISSUER = "Kanssa"
_GROUP = 4


@dataclass(frozen=True, slots=True)
class SecondFactorSetup:
    """The secret for an authenticator: as an address to scan, and in groups to type."""

    address: str = field(repr=False)
    in_groups: str = field(repr=False)


def setup_of(secret: str, *, account: str) -> SecondFactorSetup:
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return SecondFactorSetup(address_of(secret, account=account, issuer=_ISSUER), " ".join(groups))


def pending_setup(sign_in_id: UUID, *, now: datetime) -> SecondFactorSetup:
    """Refuses: NotSignedIn, also when this sign-in has no pending set-up."""
    sign_in = pending_sign_in(sign_in_id, now=now)
    if sign_in.new_secret is None:
        raise NotSignedIn
    secret = open_secret(sign_in.new_secret, of=sign_in.pk)
    return setup_of(secret, account=sign_in.user.email or "")
