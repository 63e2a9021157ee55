"""One person's name, and its agreement with another spelling of it. Pure."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from kanssa.values.names.transliteration import Spelt, in_zone
from kanssa.values.names.words import (
    NameWords,
    are_same_words,
    covered,
    is_same_word,
    joined,
    runs,
    without_marks,
    words_of,
)

_NAME_FIELDS = (30, 31, 39)
"""Characters for names in a zone: TD1, TD2, TD3 (Doc 9303 parts 5, 6 and 4)."""

# Parts of a name that prove nothing by themselves.
_PARTICLES = re.compile(
    "ABD|AF|ABD[EU]L|ABU|AL|BEN|BIN|BINT|D[AEIOU]|D[AO]S|DEL|DE[NR]|EL|IBN|L[AE]|L[AO]S|TER|THI|UMM|V[AO]N|ZU"
)
_APOSTROPHES = re.compile("['’‘ʼʻʿʾ´`]")
_SUFFIXES = re.compile("DR|[JS]N?R|II|III|IV")
_PATRONYMIC = re.compile(r"(VICH|VITS|VITSH|VYCH|VIC|VNA|ICHNA|ITSNA|INICHNA)$")


class Agreement(NamedTuple):
    """Which parts of two names agree. The caller decides which a match needs."""

    family: bool
    given: bool

    @property
    def either(self) -> bool:
        return self.family or self.given

    @property
    def both(self) -> bool:
        return self.family and self.given


@dataclass(frozen=True, slots=True)
class Name:
    """A family name and given names, as typed, verified or read from a document.

    Either may be empty for a person with one name (in a zone: the given names).
    """

    family: str = field(repr=False)
    given: str = field(default="", repr=False)

    @property
    def words(self) -> NameWords:
        return words_of(self.given) + words_of(self.family)

    @property
    def zone(self) -> str:
        """The name as a machine-readable zone writes it, neither filled nor cut."""
        family, given = ("<".join(_in_zone(part)) for part in (self.family, self.given))
        return f"{family}<<{given}" if family and given else family or given

    @property
    def is_cut(self) -> bool:
        """Whether the name comes from a zone whose field is full (Doc 9303-4, 4.2.3)."""
        whole = f"{self.family} {self.given}"
        return whole.isupper() and whole.isascii() and len(self.zone) in _NAME_FIELDS

    def agreement(self, other: Self) -> Agreement:
        """Compare two names strictly; order, case, marks and hyphens do not matter.

        A single name agrees as a whole or not at all.
        """
        if (self._is_single or other._is_single) and are_same_words(self.words, other.words):
            return Agreement(family=True, given=True)
        family = are_same_words(words_of(self.family), words_of(other.family))
        return Agreement(family, _share_given(words_of(self.given), words_of(other.given)))

    def is_on(self, document: Self) -> bool:
        """Whether a document shows this name, possibly cut off or with further given names.

        Another romanisation is a different name; a clerk decides about it.
        """
        if are_same_words(without_marks(self.words), without_marks(document.words)):
            return True
        if document.is_cut and self._is_before_cut(document):
            return True
        # Some documents and forms swap the two parts.
        swapped = Name(self.given, self.family)
        return self._is_within(document) or swapped._is_within(document)

    def spelled_as(self, known: Self) -> Self:
        """Return the name as the document shows it, with agreeing parts spelled as in the application.

        Only for capital letters: a machine-readable zone has no others, and neither marks nor hyphens
        (VAEINOE MAEKI OESTBERG is Väinö Mäki-Östberg), so it does not show how the name is spelled.
        """
        return type(self)(_spelt_as(self.family, known.family), _spelt_as(self.given, known.given))

    @property
    def _is_single(self) -> bool:
        family, given = words_of(self.family), words_of(self.given)
        return not family or not given or are_same_words(family, given)

    def _is_within(self, document: "Name") -> bool:
        given = without_marks(words_of(self.given))
        found = covered(given, without_marks(words_of(document.given)))
        missing = [word for word, is_there in zip(given, found, strict=True) if not is_there]
        has_given = any(found) and all(map(_is_patronymic, missing))
        return has_given and are_same_words(_unsuffixed(self.family), _unsuffixed(document.family))

    def _is_before_cut(self, document: "Name") -> bool:
        # Each part in the zone begins one of ours; the missing rest was cut off.
        family, shown = _unsuffixed(self.family), _unsuffixed(document.family)
        pairs = zip(family, shown, strict=False)
        has_family = len(shown) <= len(family) and all(is_same_word(*pair, is_cut=True) for pair in pairs)
        if not has_family and not is_same_word(joined(family), joined(shown), is_cut=True):
            return False
        given, shown_given = words_of(self.given), words_of(document.given)
        if not shown_given:
            return all(covered(given, family))
        return any(is_same_word(one, other, is_cut=True) for one in given for other in shown_given)


def _share_given(ones: NameWords, others: NameWords) -> bool:
    # A particle or an initial is enough only if it is all of one side's given names.
    return any(
        is_same_word(one, other)
        and (_is_all(ones, place, others, there) or _say_something(ones[place], others[there]))
        for place, one in _runs(ones)
        for there, other in _runs(others)
    )


def _runs(words: NameWords) -> list[tuple[slice, Spelt]]:
    return [(slice(places.start, places.stop), run) for places, run in runs(words)]


def _say_something(*sides: NameWords) -> bool:
    return all(
        any(len(word) > 1 and not _PARTICLES.fullmatch(in_zone(word)) for word in side) for side in sides
    )


def _is_all(ones: NameWords, place: slice, others: NameWords, there: slice) -> bool:
    return ones[place] == ones or others[there] == others


def _unsuffixed(family: str) -> NameWords:
    words = without_marks(words_of(family))
    return tuple(word for word in words if not _SUFFIXES.fullmatch(in_zone(word))) or words


def _is_patronymic(word: Spelt) -> bool:
    # Passports may omit a patronymic: Russian speakers use theirs inside the country only.
    return _PATRONYMIC.search("".join(letter[-1] for letter in word)) is not None


def _in_zone(part: str) -> list[str]:
    # In a zone a hyphen separates words, and an apostrophe is dropped (Doc 9303-3, 4.6).
    words = words_of(_APOSTROPHES.sub("", part))
    return [shown for word in words if (shown := in_zone(word))]


def _spelt_as(shown: str, known: str) -> str:
    words = shown.split()
    for part in known.split():
        for start, end in _places(len(words), at_most=len(words_of(part))):
            if _is_in_capitals("".join(words[start:end]), part):
                words[start:end] = [part]
                break
    return " ".join(words)


def _places(length: int, *, at_most: int) -> list[tuple[int, int]]:
    sizes = range(min(at_most, length), 0, -1)
    return [(start, start + size) for size in sizes for start in range(length - size + 1)]


def _is_in_capitals(shown: str, part: str) -> bool:
    if not shown.isupper():
        return False
    return shown == part.upper() or (
        shown.isascii() and is_same_word(joined(words_of(shown)), joined(words_of(part)))
    )
