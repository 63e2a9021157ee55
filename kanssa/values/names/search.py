"""Search keys of names, and their similarity to a typed word. For searching only, never for matching."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, product

from rapidfuzz.distance import OSA

from kanssa.values.names.name import Name
from kanssa.values.names.transliteration import Spelt, in_zone
from kanssa.values.names.words import runs, words_of

_MOST_WAYS = 64
_LONGEST_RUN = 3
_HEAD = 3
_SHORTEST_WITH_SLIP = 3
_SURE_SOUND = 3
_LONG = 8
_NEAR = 2

_MARKS_WRITTEN_OUT = re.compile("AE|OE|UE|AA")
_DOUBLED = re.compile(r"(.)\1+")
_LETTERS_ALIKE = str.maketrans("JYWCQZ", "IIVKKS")
# One sound with its spellings in different languages; longer spellings come first.
_SOUNDS = (
    (re.compile(r"XX|X(?=[BCDFGHKLMNPQRSTVWZ])"), ""),  # escapes of a zone: Ñ is NXX, Arabic sheen XSH
    (re.compile("CH(?=[RL])"), "K"),
    (re.compile("SHCH|STSH|TSCH|DZH|TSH|TCH|SCH|STS|CZ|SZ|SH|CH|ZH|TS|TZ|DZ|ZS|C(?=[EIY])|Z"), "S"),
    (re.compile("PH"), "F"),
    (re.compile("KH"), "H"),
    (re.compile("([GTD])H"), r"\1"),
    (re.compile("[CQ]"), "K"),
    (re.compile("W"), "V"),
    (re.compile("X"), "KS"),
    (_DOUBLED, r"\1"),
    (re.compile("[AEIOUYJ]"), ""),
)


class SearchKeyKind(StrEnum):
    """The kinds of search keys, each stored as a keyed fingerprint."""

    NAME = "name"
    HEAD = "head"
    LIKE = "like"


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A typed search word: its possible spellings, its simplified form, and its sound."""

    spellings: frozenset[str]
    plain: str
    sound: str

    @property
    def search_keys(self) -> set[tuple[SearchKeyKind, str]]:
        return {(SearchKeyKind.NAME, spelling) for spelling in self.spellings} | set(
            _coarse(self.plain, self.sound)
        )


@dataclass(frozen=True, slots=True)
class NameForms:
    """A name prepared for comparison: each spelling of its words, alone and joined."""

    spellings: frozenset[str]
    shapes: frozenset[tuple[str, str]]
    """Pairs of simplified form and consonant sound."""


def name_forms_of(name: Name) -> NameForms:
    # Joined words count too: Mäki-Östberg is also Mäkiöstberg.
    together = [run for _places, run in runs(name.words, at_most=_LONGEST_RUN)]
    spellings = frozenset(spelling for run in together for spelling in _spellings(run))
    return NameForms(spellings, frozenset((_plain(run), _sound(in_zone(run))) for run in together))


def search_words_of(typed: str) -> tuple[SearchWord, ...]:
    words = words_of(typed)
    spellings = [set(_spellings(word)) for word in words]
    for places, run in runs(words, at_most=_LONGEST_RUN):
        for place in places:
            spellings[place].update(_spellings(run))
    return tuple(
        SearchWord(frozenset(each), _plain(word), _sound(in_zone(word)))
        for each, word in zip(spellings, words, strict=True)
    )


def search_keys_of(name: Name) -> set[tuple[SearchKeyKind, str]]:
    words = name.words
    together = {(SearchKeyKind.LIKE, _sound(in_zone(run))) for _places, run in runs(words, at_most=2)}
    alone = {each for word in words for each in _coarse(_plain(word), _sound(in_zone(word)))}
    exact = {(SearchKeyKind.NAME, spelling) for spelling in name_forms_of(name).spellings}
    return exact | alone | {each for each in together if each[1]}


def similarity(sought: SearchWord, forms: NameForms) -> float:
    """Rate how similar a name is to a typed word: 1 is equal, 0 is unrelated."""
    if not sought.spellings.isdisjoint(forms.spellings):
        return 1.0
    return max((_likeness(sought, *shape) for shape in forms.shapes), default=0.0)


def _likeness(sought: SearchWord, plain: str, sound: str) -> float:
    # The beginning of a name is how clerks search.
    if len(sought.plain) >= _HEAD and plain.startswith(sought.plain):
        return 0.9
    allowed = _slips_in(max(len(sought.plain), len(plain)))
    # Swapped neighbours count as one slip, as people type.
    slips = OSA.distance(sought.plain, plain, score_cutoff=allowed)
    if slips <= allowed:
        return 0.8 - slips / 10
    sounds_alike = sound == sought.sound and _is_sure(sound, sought.plain, plain)
    return 0.7 if sounds_alike else 0.0


def _is_sure(sound: str, one: str, other: str) -> bool:
    # Few consonants are common to many names, so then the rest must be similar too.
    if len(sound) >= _SURE_SOUND:
        return True
    one, other = _DOUBLED.sub(r"\1", one), _DOUBLED.sub(r"\1", other)
    return one[:1] == other[:1] and OSA.distance(one, other) <= _NEAR


def _slips_in(length: int) -> int:
    return 0 if length <= _SHORTEST_WITH_SLIP else 1 if length < _LONG else 2


def _coarse(plain: str, sound: str) -> Iterator[tuple[SearchKeyKind, str]]:
    if len(plain) >= _HEAD:
        yield SearchKeyKind.HEAD, plain[:_HEAD]
    if sound:
        yield SearchKeyKind.LIKE, sound
    if len(sound) >= _SHORTEST_WITH_SLIP:
        yield from ((SearchKeyKind.LIKE, sound[:place] + sound[place + 1 :]) for place in range(len(sound)))


def _spellings(word: Spelt) -> Iterator[str]:
    return ("".join(spelling).lower() for spelling in islice(product(*word), _MOST_WAYS))


def _plain(word: Spelt) -> str:
    return _shaped(in_zone(word))


def _shaped(spelling: str) -> str:
    # Shorten written-out marks, and merge letters that languages use for each other.
    return _MARKS_WRITTEN_OUT.sub(lambda found: found[0][0], spelling).translate(_LETTERS_ALIKE)


def _sound(spelling: str) -> str:
    for written, heard in _SOUNDS:
        spelling = written.sub(heard, spelling)
    return spelling
