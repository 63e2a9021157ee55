"""Codes by which the desk finds the application of a visitor."""

import secrets
from uuid import UUID

from kanssa.applications.models import Application

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I
_LENGTH = 6


def new_visit_code() -> str:
    """Make a code to be read aloud, typed, or scanned at the desk; another application may have it."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def application_by_visit_code(typed: str) -> UUID | None:
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(plain) != _LENGTH:
        return None
    return Application.objects.filter(visit_code=plain).values_list("pk", flat=True).first()
