"""Passwords that are little more than a common word in Finnish, Swedish or this service."""

import tomllib
import unicodedata
from functools import cache
from importlib import resources

from django.core.exceptions import ValidationError

from kanssa.accounts.models import User

_SHORTEST_WALK = 4


class CommonWordValidator:
    """Refuse such passwords, as Django's validator refuses the most common ones."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 Django's signature
        """Raise ValidationError when only digits and signs would have to be guessed."""
        if is_common(password):
            raise ValidationError("a common word", code="password_too_common")


def is_common(password: str) -> bool:
    letters, word_lists = _letters(password), _word_lists()
    if len(letters) >= _SHORTEST_WALK and any(letters in walk for walk in word_lists["keyboard"]):
        return True
    return any(
        letters == word * (len(letters) // len(word))
        for name in ("finnish", "swedish", "service")
        for word in word_lists[name]
        if letters
    )


@cache
def _word_lists() -> dict[str, list[str]]:
    text = resources.files("kanssa.accounts").joinpath("common_words.toml").read_text("utf-8")
    return {name: [_letters(word) for word in words] for name, words in tomllib.loads(text).items()}


def _letters(text: str) -> str:
    # Keep the letters only, in lower case and without diacritics, as many people type them.
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", text.casefold())))
