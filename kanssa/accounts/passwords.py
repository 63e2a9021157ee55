"""Passwords: which are good enough, and whose one is."""

import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kanssa.accounts.models import User
from kanssa.accounts.staff_refusals import PasswordTooWeak

LONGEST = 200
"""Argon2 takes its time over every character."""

# Django's own sentences are in our catalogs for no language.
_FAULTS = {
    "password_too_short": _("The password is too short: it needs at least 12 characters."),
    "password_too_common": _("This password is among the most common ones. Choose another."),
    "password_entirely_numeric": _("A password cannot be digits alone."),
    "password_too_similar": _("The password is too much like your e-mail address or name."),
}
_OTHER_FAULT = _("Choose another password.")


def hash_if_strong(password: str, *, user: User) -> str:
    """Hash a new password, which may not be like what its `user` is called. Refuses: PasswordTooWeak."""
    password = _normal(password)
    try:
        validate_password(password, user)
    except ValidationError as faults:
        said = [_FAULTS.get(fault.code or "", _OTHER_FAULT) for fault in faults.error_list]
        raise PasswordTooWeak(faults=list(dict.fromkeys(map(str, said)))) from None
    return make_password(password)


def matches_password_of(user: User | None, password: str) -> bool:
    """Whether it is; takes as long for an account that is not there."""
    return matches_password(password, hashed=user.password if user and user.has_usable_password() else None)


def matches_password(password: str, *, hashed: str | None) -> bool:
    """Whether it is the one that was hashed; takes as long where there is none."""
    password = _normal(password)
    if hashed is None:
        make_password(password)
        return False
    return check_password(password, hashed)


def _normal(password: str) -> str:
    """Write it one way, whatever the keyboard (RFC 8265): ä is one letter, a space is U+0020."""
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in password[:LONGEST])
    return unicodedata.normalize("NFC", spaced)
