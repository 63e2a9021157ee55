"""When a name that was typed agrees with a name that was verified."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-'’.,]+")


def names_agree(*, typed_last: str, typed_first: str, last: str, first: str) -> bool:
    """Whether the family name or one given name agrees (DOMAIN, Matching).

    Case, accents, hyphens and the order of given names are forgiven. Names alone never
    match anybody: this only guards a match by identity code.
    """
    same_family = bool(_folded(last)) and _folded(typed_last) == _folded(last)
    return same_family or bool(_folded(typed_first) & _folded(first))


def _folded(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return frozenset(part for part in _SEPARATORS.split(letters) if part)
