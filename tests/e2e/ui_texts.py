"""The service's texts in a language, from its own catalogues, by the English sentence."""

import gettext
import re
from functools import lru_cache
from pathlib import Path

LOCALES = Path(__file__).resolve().parents[2] / "kanssa" / "locale"
_GAP = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|<[^>]+>")
_CONTEXT_ENDS = "\x04"
# Shorter pieces may be words of other languages too.
_SHORTEST = 15


def said(language: str, sentence: str, **gaps: str) -> str:
    """Return the sentence in that language; an untranslated one is an error."""
    catalogue = _catalogue(language)
    translated = catalogue.gettext(sentence)
    assert language == "en" or translated != sentence, f"{sentence!r} has no {language}"
    return translated % gaps if gaps else translated


def english_in(text: str, language: str) -> list[str]:
    """Return the English texts that a page in another language still has."""
    joined = " ".join(text.split())
    return [piece for piece in _english_pieces(language) if piece in joined]


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("django", LOCALES, [language])


@lru_cache
def _english_pieces(language: str) -> list[str]:
    if language == "en":
        return []
    catalogue: dict[str | tuple[str, int], str] = _catalogue(language)._catalog  # type: ignore[attr-defined]
    pieces = set()
    for key, translated in catalogue.items():
        source = key if isinstance(key, str) else key[0]
        if _CONTEXT_ENDS in source or source == translated:
            continue
        pieces |= {" ".join(piece.split()) for piece in _GAP.split(source)}
    return sorted(piece for piece in pieces if len(piece) >= _SHORTEST and " " in piece)
