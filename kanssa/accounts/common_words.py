"""Passwords that are hardly more than a common word of Finnish, Swedish or this service."""

import tomllib
import unicodedata
from functools import cache
from importlib import resources

from django.core.exceptions import ValidationError

from kanssa.accounts.models import User

_SHORTEST_WALK = 4


class CommonWordValidator:
    """Refuses them, as Django's own validator does the most common passwords."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  # as Django calls it
        """Raise ValidationError where there is nothing to guess but digits and signs."""
        if is_common(password):
            raise ValidationError("a common word", code="password_too_common")


def is_common(password: str) -> bool:
    """Whether its letters are one common word, once or repeated, or lie side by side on the keyboard."""
    letters, said = _letters(password), _said()
    if len(letters) >= _SHORTEST_WALK and any(letters in walk for walk in said["keyboard"]):
        return True
    return any(
        letters == word * (len(letters) // len(word))
        for name in ("finnish", "swedish", "service")
        for word in said[name]
        if letters
    )


@cache
def _said() -> dict[str, list[str]]:
    text = resources.files("kanssa.accounts").joinpath("common_words.toml").read_text("utf-8")
    return {name: [_letters(word) for word in words] for name, words in tomllib.loads(text).items()}


def _letters(text: str) -> str:
    """The small letters alone, without their dots and rings: many type them so."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", text.casefold())))
