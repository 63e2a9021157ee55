"""Passwords: which are good enough, and whose one is."""

import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kanssa.accounts.models import User
from kanssa.accounts.refusals import PasswordTooWeak

LONGEST = 200
"""Argon2 takes its time over every character."""


def hashed_if_good(password: str, *, user: User) -> str:
    """Hash a new password, which may not be like what its `user` is called. Refuses: PasswordTooWeak."""
    password = _normal(password)
    try:
        validate_password(password, user)
    except ValidationError as faults:
        raise PasswordTooWeak(faults=faults.messages) from None
    return make_password(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether it is; takes as long for an account that is not there."""
    return is_password(password, hashed=user.password if user and user.has_usable_password() else None)


def is_password(password: str, *, hashed: str | None) -> bool:
    """Whether it is the one that was hashed; takes as long where there is none."""
    password = _normal(password)
    if hashed is None:
        make_password(password)
        return False
    return check_password(password, hashed)


def _normal(password: str) -> str:
    """Write it one way, whatever the keyboard: ä is one letter, not two signs."""
    return unicodedata.normalize("NFKC", password[:LONGEST])
