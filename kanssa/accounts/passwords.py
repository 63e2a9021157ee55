"""Passwords of local accounts: which are good enough, and whose one is."""

import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kanssa.accounts.models import User
from kanssa.accounts.refusals import PasswordTooWeak

LONGEST = 200
"""Argon2 takes its time over every character."""


def hashed_if_good(password: str, *, user: User) -> str:
    """Hash a new password. Refuses: PasswordTooWeak."""
    password = _normal(password)
    try:
        validate_password(password, user)
    except ValidationError as faults:
        raise PasswordTooWeak(faults=faults.messages) from None
    return make_password(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether it is; takes as long for an account that is not there."""
    password = _normal(password)
    if user is None or not user.has_usable_password():
        make_password(password)
        return False
    return check_password(password, user.password)


def _normal(password: str) -> str:
    """Write it one way, whatever the keyboard: ä is one letter, not two signs."""
    return unicodedata.normalize("NFKC", password[:LONGEST])
