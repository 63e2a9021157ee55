"""A second factor that is being set up."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.refusals import NotSignedIn
from kanssa.accounts.second_factor import address_of, open_secret
from kanssa.accounts.staff import unfinished_sign_in

_ISSUER = "Kanssa"
_GROUP = 4


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator must learn: as an address to scan, and in groups to type."""

    sign_in_id: UUID
    address: str = field(repr=False)
    in_groups: str = field(repr=False)


def being_set_up(sign_in_id: UUID, *, now: datetime) -> SetUp:
    """Refuses: NotSignedIn, also when this sign-in sets nothing up."""
    sign_in = unfinished_sign_in(sign_in_id, now=now)
    if sign_in.new_secret is None:
        raise NotSignedIn
    secret = open_secret(sign_in.new_secret, of=sign_in.pk)
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    address = address_of(secret, account=sign_in.user.email or "", issuer=_ISSUER)
    return SetUp(sign_in.pk, address, " ".join(groups))
