"""When a name that was typed agrees with a name that was verified, or that is searched for."""

import re
import unicodedata
from itertools import pairwise, product

_SEPARATORS = re.compile(r"[\s\-'’.,<]+")
# What a letter becomes on a passport (ICAO 9303-3, 6), or when somebody leaves its marks out.
_WRITTEN_AS = {
    "å": ("a", "aa"),
    "ä": ("a", "ae"),
    "æ": ("ae",),
    "ö": ("o", "oe"),
    "ø": ("o", "oe"),
    "œ": ("oe",),
    "ü": ("u", "ue", "uxx"),
    "ß": ("ss",),
    "ð": ("d",),
    "đ": ("d",),
    "þ": ("th",),
    "ł": ("l",),
    "ı": ("i",),
    "ñ": ("n", "nxx"),
}
_MOST_WAYS = 64


def names_agree(*, typed_last: str, typed_first: str, last: str, first: str) -> bool:
    """Whether the family name or one given name agrees (DOMAIN, Matching).

    Case, accents, hyphens and the order of given names are forgiven. Names alone never
    match anybody: this only guards a match by identity code.
    """
    same_family = bool(_words(last)) and _is_same(typed_last, last)
    return same_family or any(
        _ways(one) & _ways(other) for one in _words(typed_first) for other in _words(first)
    )


def names_are_same(*, typed_last: str, typed_first: str, last: str, first: str) -> bool:
    """Whether a document's names are those typed: the family name whole, and no given name strange.

    The document may have more given names than were typed, or cut them off at its line's end.
    """
    typed, shown = _words(typed_first), _words(first)
    given = [any(_starts(other, one) for other in shown) for one in typed]
    return _is_same(typed_last, last) and bool(given) and all(given)


def in_its_own_spelling(shown: str, *, known: str) -> str:
    """A name as a document shows it, each part that agrees in the spelling of the application.

    Only of capital letters: a machine-readable zone has no others, and neither marks nor hyphens
    (VAEINOE MAEKI OESTBERG is Väinö Mäki-Östberg), so they say nothing of how the name is spelt.
    What a clerk copied in small letters, with marks that the application lacks, or what the
    application does not have stays as the document shows it.
    """
    words = shown.split()
    for part in known.split():
        for start, end in _runs(len(words), at_most=len(_words(part))):
            if _is_in_capitals(words[start:end], part):
                words[start:end] = [part]
                break
    return " ".join(words)


def words_to_find(name: str) -> frozenset[str]:
    """Every way in which a name's words may be looked for, and are kept for looking up.

    Two words in a row are kept as one too: Mäki-Östberg is found by Mäkiöstberg.
    """
    words = _words(name)
    joined = [one + other for one, other in pairwise(words)]
    return frozenset(way for word in (*words, *joined) for way in _ways(word))


def words_of_search(typed: str) -> list[frozenset[str]]:
    """The words that were typed into a search, each in the ways in which it may have been meant.

    Two in a row may be one that is written together: Anna Liisa finds Annaliisa.
    """
    words = _words(typed)
    wanted = [_ways(word) for word in words]
    for place, (one, other) in enumerate(pairwise(words)):
        joined = _ways(one + other)
        wanted[place] |= joined
        wanted[place + 1] |= joined
    return wanted


def _is_same(one: str, other: str) -> bool:
    """Whether two names have the same words, in whatever order."""
    ones, others = _words(one), _words(other)
    return len(ones) == len(others) and all(any(_ways(a) & _ways(b) for b in others) for a in ones)


def _runs(length: int, *, at_most: int) -> list[tuple[int, int]]:
    """Where runs of words begin and end, the longest first."""
    sizes = range(min(at_most, length), 0, -1)
    return [(start, start + size) for size in sizes for start in range(length - size + 1)]


def _is_in_capitals(run: list[str], part: str) -> bool:
    shown = "".join(run)
    if not shown.isupper():
        return False
    one, other = "".join(_words(shown)), "".join(_words(part))
    return one == other or (shown.isascii() and not _ways(one).isdisjoint(_ways(other)))


def _starts(shown: str, typed: str) -> bool:
    return any(way.startswith(cut) or cut.startswith(way) for way in _ways(typed) for cut in _ways(shown))


def _words(name: str) -> list[str]:
    return [word for word in _SEPARATORS.split(unicodedata.normalize("NFC", name).casefold()) if word]


def _ways(word: str) -> frozenset[str]:
    """A word without its marks, in every way in which they may have been left out."""
    letters = [_WRITTEN_AS.get(letter, (_plain(letter),)) for letter in word]
    ways = product(*letters)
    return frozenset("".join(way) for way, _number in zip(ways, range(_MOST_WAYS), strict=False))


def _plain(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in decomposed if not unicodedata.combining(part))
