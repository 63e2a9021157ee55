"""Activation codes: printed on a slip at the desk, read on paper or aloud, typed once."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet

from kanssa.accounts.applicant_refusals import WrongActivationCode
from kanssa.accounts.models import ActivationCode
from kanssa.vault import fingerprint

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which look alike
_GROUP = 4
_SECRET_GROUPS = 2  # 40 bits; enough against five tries
CodeStatus = Literal["waiting", "used", "replaced", "closed", "wrong-codes", "too-old"]


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip as the desk sees it: its name, never its code."""

    name: str
    issued_at: datetime
    ends_at: datetime
    status: CodeStatus
    tries: int


def new_code(person_id: UUID, *, issued_by: UUID, now: datetime) -> str:
    """Issue a code and return it once; the person's earlier slip ends. The caller holds their lock."""
    _end(person_id, because="replaced", now=now)
    slip = _unused_name()
    secret = "".join(_group() for _number in range(_SECRET_GROUPS))
    row = ActivationCode(person_id=person_id, slip=slip, issued_at=now, issued_by=issued_by)
    row.code_hash = _hash(row, secret)
    row.save(force_insert=True)
    return "-".join((slip, secret[:_GROUP], secret[_GROUP:]))


def match_code(typed: str, *, now: datetime) -> ActivationCode:
    """Refuses: WrongActivationCode. Call it outside any transaction that a refusal would roll back."""
    # Hyphens and spaces as people type them.
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    slip, secret = plain[:_GROUP], plain[_GROUP:]
    # One statement counts the try and checks the limit, so concurrent tries cannot exceed it.
    if not _active(now).filter(slip=slip).update(tries=F("tries") + 1):
        raise WrongActivationCode
    row = ActivationCode.objects.filter(slip=slip, ended_at=None).first()
    # In constant time: the answer must not tell how much was right.
    if row is None or not compare_digest(bytes(row.code_hash), _hash(row, secret)):
        raise WrongActivationCode
    return row


def uncount(row: ActivationCode) -> None:
    ActivationCode.objects.filter(pk=row.pk, tries__gt=0).update(tries=F("tries") - 1)


def use_up(row: ActivationCode, *, now: datetime) -> None:
    """Mark a code as used; works once. Refuses: WrongActivationCode."""
    if not ActivationCode.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_because="used"):
        raise WrongActivationCode


def end_codes_of(person_id: UUID, *, now: datetime) -> None:
    _end(person_id, because="closed", now=now)


def codes_of(person_id: UUID, *, now: datetime) -> list[Slip]:
    rows = ActivationCode.objects.filter(person_id=person_id).order_by("-issued_at")
    return [slip_of(row, now=now) for row in rows]


def slip_of(row: ActivationCode, *, now: datetime) -> Slip:
    return Slip(row.slip, row.issued_at, _ends_at(row), _status(row, now=now), row.tries)


def locked_codes(*, since: datetime, at_most: int) -> list[Slip]:
    # They may show guessing.
    rows = ActivationCode.objects.filter(
        tries__gte=settings.ACTIVATION_CODE_ATTEMPTS, issued_at__gt=since
    ).exclude(ended_because="used")
    return [
        Slip(row.slip, row.issued_at, _ends_at(row), "wrong-codes", row.tries)
        for row in rows.order_by("-issued_at")[:at_most]
    ]


def _end(person_id: UUID, *, because: CodeStatus, now: datetime) -> None:
    _active(now).filter(person_id=person_id).update(ended_at=now, ended_because=because)
    rest = ActivationCode.objects.filter(person_id=person_id, ended_at=None)
    rest.update(ended_at=now, ended_because="too-old")


def _active(now: datetime) -> QuerySet[ActivationCode]:
    return ActivationCode.objects.filter(
        ended_at=None,
        issued_at__gt=now - settings.ACTIVATION_CODE_LIFETIME,
        tries__lt=settings.ACTIVATION_CODE_ATTEMPTS,
    )


def _status(row: ActivationCode, *, now: datetime) -> CodeStatus:
    if row.ended_because == "used":
        return "used"
    if row.tries >= settings.ACTIVATION_CODE_ATTEMPTS:
        return "wrong-codes"
    if row.ended_because:
        status: CodeStatus = row.ended_because  # type: ignore[assignment]  # only these words are stored
        return status
    return "waiting" if now < _ends_at(row) else "too-old"


def _ends_at(row: ActivationCode) -> datetime:
    return row.issued_at + settings.ACTIVATION_CODE_LIFETIME


def _unused_name() -> str:
    name = _group()
    # Names of ended slips may be used again.
    while ActivationCode.objects.filter(slip=name, ended_at=None).exists():
        name = _group()
    return name


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _number in range(_GROUP))


def _hash(row: ActivationCode, secret: str) -> bytes:
    # Keyed, because 40 bits can be found by brute force in a stolen table.
    return fingerprint(f"{row.pk}:{secret}", of="activation-code")
