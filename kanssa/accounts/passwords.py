import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kanssa.accounts.models import User
from kanssa.accounts.staff_refusals import PasswordTooWeak

LONGEST = 200
"""Longer input is cut, because Argon2's time grows with the length."""

# Our catalogs do not include Django's own sentences.
_FAULTS = {
    "password_too_short": _("The password is too short: it needs at least 12 characters."),
    "password_too_common": _("This password is among the most common ones. Choose another."),
    "password_entirely_numeric": _("A password cannot be digits alone."),
    "password_too_similar": _("The password is too much like your e-mail address or name."),
}
_OTHER_FAULT = _("Choose another password.")


def hash_if_strong(password: str, *, user: User) -> str:
    """Hash a new password. It must not resemble the `user`'s name or address. Refuses: PasswordTooWeak."""
    password = _normal(password)
    try:
        validate_password(password, user)
    except ValidationError as faults:
        sentences = [_FAULTS.get(fault.code or "", _OTHER_FAULT) for fault in faults.error_list]
        # All faults at once, so that the person corrects them together.
        raise PasswordTooWeak(faults=list(dict.fromkeys(map(str, sentences)))) from None
    return make_password(password)


def matches_password_of(user: User | None, password: str) -> bool:
    # As slow for an unknown account, so that timing reveals nothing.
    return matches_password(password, hashed=user.password if user and user.has_usable_password() else None)


def matches_password(password: str, *, hashed: str | None) -> bool:
    password = _normal(password)
    if hashed is None:
        # Takes as long without a stored hash, so that timing reveals nothing.
        make_password(password)
        return False
    return check_password(password, hashed)


def _normal(password: str) -> str:
    # Normalise as RFC 8265 does, whatever the keyboard: NFC, and every space is U+0020.
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in password[:LONGEST])
    return unicodedata.normalize("NFC", spaced)
