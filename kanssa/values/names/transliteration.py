"""Transliteration in a machine-readable zone: ICAO Doc 9303-3, section 6.

The first spelling is the recommended one. The others are those that the standard allows some states, and
the plain letter for people who leave marks out.
"""

import unicodedata
from collections.abc import Mapping

# Section 6 A: national characters. Letters that only carry a mark lose it, and are not listed.
_LATIN = {
    "Ä": "AE A",
    "Å": "AA A",
    "Æ": "AE",
    "Ð": "D",
    "Đ": "D DJ",
    "Ə": "E",
    "Ħ": "H",
    "ĸ": "K",
    "Ł": "L",
    "Ñ": "N NXX",
    "Ŋ": "N",
    "Ö": "OE O",
    "Ø": "OE O",
    "Œ": "OE",
    "Þ": "TH",
    "ẞ": "SS",
    "Ŧ": "T",
    "Ü": "UE UXX U",
}
# Section 6 B: Cyrillic. Further spellings: Belarusian, Bulgarian, Macedonian, Serbian, Ukrainian.
_CYRILLIC = {
    "А": "A",
    "Б": "B",
    "В": "V",
    "Г": "G H",
    "Д": "D",
    "Е": "E",
    "Ж": "ZH Z",
    "З": "Z",
    "И": "I Y",
    "Й": "I Y",
    "К": "K",
    "Л": "L",
    "М": "M",
    "Н": "N",
    "О": "O",
    "П": "P",
    "Р": "R",
    "С": "S",
    "Т": "T",
    "У": "U",
    "Ф": "F",
    "Х": "KH H",
    "Ц": "TS C",
    "Ч": "CH C",
    "Ш": "SH S",
    "Щ": "SHCH SHT",
    "Ъ": "IE",
    "Ы": "Y",
    "Ь": "- I",
    "Э": "E",
    "Ю": "IU YU",
    "Я": "IA YA",
    "Ё": "E IO",
    "Ђ": "D DJ",
    "Ѓ": "G GJ",
    "Є": "IE YE",
    "Ѕ": "DZ",
    "І": "I",
    "Ї": "I YI",
    "Ј": "J",
    "Љ": "LJ",
    "Њ": "NJ",
    "Ћ": "C",
    "Ќ": "K KJ",
    "Ў": "U",
    "Џ": "DZ DJ",
    "Ѫ": "U",
    "Ѵ": "Y",
    "Ґ": "G",
    "Ғ": "G GJ",
    "Һ": "C",
}
# Section 6 C: Arabic, with the letters of Persian, Pashto and Urdu. "-" is not encoded.
_ARABIC = {
    "\u0621": "XE",
    "\u0622": "XAA",
    "\u0623": "XAE",
    "\u0624": "U XW",
    "\u0625": "I",
    "\u0626": "XI",
    "\u0627": "A",
    "\u0628": "B",
    "\u0629": "XTA XAH",
    "\u062a": "T",
    "\u062b": "XTH",
    "\u062c": "J",
    "\u062d": "XH",
    "\u062e": "XKH",
    "\u062f": "D",
    "\u0630": "XDH",
    "\u0631": "R",
    "\u0632": "Z",
    "\u0633": "S",
    "\u0634": "XSH",
    "\u0635": "XSS",
    "\u0636": "XDZ",
    "\u0637": "XTT",
    "\u0638": "XZZ",
    "\u0639": "E",
    "\u063a": "G",
    "\u0641": "F",
    "\u0642": "Q",
    "\u0643": "K",
    "\u0644": "L",
    "\u0645": "M",
    "\u0646": "N",
    "\u0647": "H",
    "\u0648": "W",
    "\u0649": "XAY",
    "\u064a": "Y",
    "\u0671": "XXA",
    "\u0679": "XXT",
    "\u067c": "XRT",
    "\u067e": "P",
    "\u0681": "XKE",
    "\u0685": "XXH",
    "\u0686": "XC",
    "\u0688": "XXD",
    "\u0689": "XDR",
    "\u0691": "XXR",
    "\u0693": "XRR",
    "\u0696": "XRX",
    "\u0698": "XJ",
    "\u069a": "XXS",
    "\u069c": "-",
    "\u06a2": "-",
    "\u06a7": "-",
    "\u06a8": "-",
    "\u06a9": "XKK",
    "\u06ab": "XXK",
    "\u06ad": "XNG",
    "\u06af": "XGG",
    "\u06ba": "XNN",
    "\u06bc": "XXN",
    "\u06be": "XDO",
    "\u06c0": "XYH",
    "\u06c1": "XXG",
    "\u06c2": "XGE",
    "\u06c3": "XTG",
    "\u06cc": "XYA Y XAY",
    "\u06cd": "XXY",
    "\u06d0": "Y",
    "\u06d2": "XYB",
    "\u06d3": "XBE",
}
_TEH_MARBUTA = "\u0629"
_SHADDA = "\u0651"

Letter = tuple[str, ...]
"""One letter in each possible spelling."""

Spelt = tuple[Letter, ...]
"""A word, letter by letter."""


def _table(*parts: Mapping[str, str]) -> dict[str, Letter]:
    listed = {letter: spellings for part in parts for letter, spellings in part.items()}
    return {letter: tuple(spellings.replace("-", "").split(" ")) for letter, spellings in listed.items()}


_LETTERS = _table(_LATIN, _CYRILLIC, _ARABIC)


def spelt(word: str) -> Spelt:
    letters: list[Letter] = []
    for place, sign in enumerate(word):
        if sign == _SHADDA and letters:  # doubles its letter, but is often left out
            letters[-1] = (*letters[-1], *(spelling * 2 for spelling in letters[-1]))
        elif sign == _TEH_MARBUTA and place == len(word) - 1:
            # At the end of a word it is usually not spoken.
            letters.append(_LETTERS[sign][::-1])
        elif not unicodedata.combining(sign):
            letters.append(_spellings(sign))
    return tuple(letters)


def in_zone(word: Spelt) -> str:
    whole = "".join(letter[0] for letter in word)
    return "".join(sign for sign in whole if sign.isascii() and sign.isupper())


def _spellings(sign: str) -> Letter:
    if sign in _LETTERS:
        return _LETTERS[sign]
    bare = "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))
    return _LETTERS.get(bare, (bare,))
