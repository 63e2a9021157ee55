"""The second factor: an authenticator's codes (RFC 6238), and recovery codes."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kanssa.accounts.models import RecoveryCode, SecondFactor
from kanssa.vault import open_json, seal_json

RECOVERY_CODES = 10
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


def set_up(user_id: UUID, secret: str, *, step: int, now: datetime) -> None:
    SecondFactor.objects.update_or_create(
        user_id=user_id,
        defaults={"secret": seal_secret(secret, of=user_id), "last_step": step, "set_up_at": now},
    )


def is_passed(user_id: UUID, code: str, *, now: datetime) -> bool:
    factor = SecondFactor.objects.filter(pk=user_id).first()
    if factor is None:
        return False
    step = step_of(open_secret(factor.secret, of=user_id), code, now=now)
    if step is None:
        return False
    # Compare and update in one statement, so that two concurrent requests cannot both use a code.
    return bool(SecondFactor.objects.filter(pk=user_id, last_step__lt=step).update(last_step=step))


def new_recovery_codes(user_id: UUID) -> Sequence[str]:
    codes = [_recovery_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user_id=user_id).delete()
    # Only their hashes are stored, so the caller shows them now.
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in codes]
    )
    return codes


def is_recovered(user_id: UUID, code: str, *, now: datetime) -> bool:
    unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=_hash(user_id, code), used_at=None)
    return bool(unused.update(used_at=now))


def is_recovery_format(code: str) -> bool:
    # Authenticator codes are shorter.
    return len(_plain(code)) > _DIGITS


def remove(user_id: UUID) -> None:
    SecondFactor.objects.filter(pk=user_id).delete()
    RecoveryCode.objects.filter(user_id=user_id).delete()


def _codes(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP)  # noqa: S303 RFC 6238's own


def _recovery_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _hash(user_id: UUID, code: str) -> bytes:
    return hashlib.sha256(f"{user_id}:{_plain(code)}".encode()).digest()
