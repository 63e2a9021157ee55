"""The second factor: an authenticator's codes (RFC 6238), and a list of single-use codes."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kanssa.accounts.models import (
    AccountAuthenticator,
    AccountCode,
    Authenticator,
    RecoveryCode,
    SecondFactor,
    SingleUseCode,
)
from kanssa.vault import open_json, seal_json

if TYPE_CHECKING:
    from django.db.models import QuerySet

SINGLE_USE_CODES = 10
_STEP = 30  # seconds that a code is valid
_DIGITS = 6
_SECRET_BYTES = 20
_DRIFT = 1  # steps that a phone's clock may be off, either way
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0/o and 1/l/i, which look alike
_GROUP, _GROUPS = 4, 4  # 79 bits


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_of(secret: str, *, account: str, issuer: str) -> str:
    return _codes(secret).get_provisioning_uri(account, issuer)


def seal_secret(secret: str, *, of: UUID) -> bytes:
    return seal_json(secret, bound_to=f"second-factor:{of}")


def open_secret(sealed: "bytes | memoryview[int]", *, of: UUID) -> str:
    return str(open_json(sealed, bound_to=f"second-factor:{of}"))


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    typed = "".join(code.split()).encode()
    current = int(now.timestamp()) // _STEP
    codes = _codes(secret)
    steps = range(current - _DRIFT, current + _DRIFT + 1)
    # Every step is compared, in constant time.
    matching = [step for step in steps if bytes_eq(codes.generate(step * _STEP), typed)]
    return matching[-1] if matching else None


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors of one kind of account, in their two tables; `owner` is the foreign key's name."""

    owner: str
    authenticators: type[Authenticator]
    codes: type[SingleUseCode]

    def has_authenticator(self, owner_id: UUID) -> bool:
        return self.authenticators.objects.filter(pk=owner_id).exists()

    def unused_codes(self, owner_id: UUID) -> int:
        return self._codes_of(owner_id).filter(used_at=None).count()

    def set_up(self, owner_id: UUID, secret: str, *, step: int, now: datetime) -> None:
        owner: dict[str, Any] = {self.owner: owner_id}
        self.authenticators.objects.update_or_create(
            **owner,
            defaults={"secret": seal_secret(secret, of=owner_id), "last_step": step, "set_up_at": now},
        )

    def is_passed(self, owner_id: UUID, code: str, *, now: datetime) -> bool:
        """Whether the code is right and newer than every code used so far."""
        factor = self.authenticators.objects.filter(pk=owner_id).first()
        if factor is None:
            return False
        step = step_of(open_secret(factor.secret, of=owner_id), code, now=now)
        if step is None:
            return False
        # Compare and update in one statement, so that two concurrent requests cannot both use a code.
        newer = self.authenticators.objects.filter(pk=owner_id, last_step__lt=step)
        return bool(newer.update(last_step=step))

    def new_codes(self, owner_id: UUID) -> Sequence[str]:
        """Replace the single-use codes. Only their hashes are stored, so show them now."""
        codes = [_single_use_code() for _number in range(SINGLE_USE_CODES)]
        self._codes_of(owner_id).delete()
        self.codes.objects.bulk_create(
            [self.codes(**{self.owner: owner_id}, code_hash=_hash(owner_id, code)) for code in codes]
        )
        return codes

    def use_code(self, owner_id: UUID, code: str, *, now: datetime) -> bool:
        """Whether it is an unused code of the owner; uses it up."""
        unused = self._codes_of(owner_id).filter(code_hash=_hash(owner_id, code), used_at=None)
        return bool(unused.update(used_at=now))

    def remove(self, owner_id: UUID) -> None:
        self.authenticators.objects.filter(pk=owner_id).delete()
        self._codes_of(owner_id).delete()

    def _codes_of(self, owner_id: UUID) -> "QuerySet[Any]":
        return self.codes.objects.filter(**{self.owner: owner_id})


STAFF = Factors("user_id", SecondFactor, RecoveryCode)
APPLICANTS = Factors("account_id", AccountAuthenticator, AccountCode)


def is_single_use_format(code: str) -> bool:
    """Whether the input looks like a single-use code: authenticator codes are shorter."""
    return len(_plain(code)) > _DIGITS


def _codes(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP)  # noqa: S303 RFC 6238's own


def _single_use_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _hash(owner_id: UUID, code: str) -> bytes:
    return hashlib.sha256(f"{owner_id}:{_plain(code)}".encode()).digest()
