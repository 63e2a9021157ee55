"""The words of a name, and when two words are the same."""

import unicodedata
from collections.abc import Iterator, Sequence

from kanssa.values.names.transliteration import Spelt, spelt

_TATWEEL = "\u0640"
_LONGEST_RUN = 4
_MOST_WORDS = 24
_MARKED_WITH_E = (("A",), ("O",), ("U",))
_VOWELS = frozenset("AEIOUY")

NameWords = tuple[Spelt, ...]

_Met = tuple[int, int, str, str]
"""The positions in two words, and the unmatched letters of each so far."""


def words_of(name: str) -> NameWords:
    """Split a name into words, however it was typed or pasted.

    Everything but letters separates: spaces, hyphens and apostrophes of any kind, the zone's filler.
    Invisible characters are ignored, and so are words beyond the limit.
    """
    return tuple(word for word in map(spelt, _folded(name).split()) if word)[:_MOST_WORDS]


def runs(words: NameWords, *, at_most: int = _LONGEST_RUN) -> Iterator[tuple[range, Spelt]]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + at_most) + 1):
            yield range(start, end), joined(words[start:end])


def joined(words: Sequence[Spelt]) -> Spelt:
    return tuple(letter for word in words for letter in word)


def is_same_word(one: Spelt, other: Spelt, *, is_cut: bool = False) -> bool:
    todo: list[_Met | None] = [(0, 0, "", "")]
    seen: set[_Met] = set()
    while todo:
        met = todo.pop()
        # Ways meet again: without this the search would grow without bound.
        if met is None or met in seen:
            continue
        seen.add(met)
        place, other_place, ahead, behind = met
        is_over = other_place == len(other) and not behind
        if is_over and (is_cut or (place == len(one) and not ahead)):
            return True
        if not ahead and place < len(one):
            todo += [_met(place + 1, other_place, way, behind) for way in one[place]]
        elif not behind and other_place < len(other):
            todo += [_met(place, other_place + 1, ahead, way) for way in other[other_place]]
    return False


def covered(words: NameWords, by: NameWords) -> list[bool]:
    others = [run for _places, run in runs(by)]
    found = {
        place for places, run in runs(words) for place in places if any(is_same_word(run, o) for o in others)
    }
    return [place in found for place in range(len(words))]


def are_same_words(ones: NameWords, others: NameWords) -> bool:
    return bool(ones) and bool(others) and all(covered(ones, others)) and all(covered(others, ones))


def without_marks(words: NameWords) -> NameWords:
    # One side may write a mark out that the other leaves out: AE for Ä.
    return tuple(map(_loosened, words))


def _loosened(word: Spelt) -> Spelt:
    letters: list[tuple[str, ...]] = []
    for letter in word:
        if (
            letter == ("E",)
            and letters[-1:]
            and letters[-1] in _MARKED_WITH_E
            and not _ends_in_vowel(letters[:-1])
        ):
            [vowel] = letters[-1]
            letters[-1] = (f"{vowel}E", vowel)
        else:
            letters.append(letter)
    return tuple(letters)


def _ends_in_vowel(letters: Sequence[tuple[str, ...]]) -> bool:
    # After a vowel, E is a letter of its own: Bauer is not Baur.
    return any(way[-1:] in _VOWELS for way in letters[-1]) if letters else False


def _met(place: int, other_place: int, ahead: str, behind: str) -> _Met | None:
    common = min(len(ahead), len(behind))
    if ahead[:common] != behind[:common]:
        return None
    return place, other_place, ahead[common:], behind[common:]


def _folded(name: str) -> str:
    compatible = unicodedata.normalize("NFKC", name)
    signs = [_sign(each) for each in unicodedata.normalize("NFKC", compatible.upper())]
    return unicodedata.normalize("NFC", "".join(signs))


def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf" or sign == _TATWEEL:
        return ""
    is_letter = category[0] in "LM" and category != "Lm"
    return sign if is_letter else " "
