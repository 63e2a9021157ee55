"""States and organisations that issue travel documents, by three-letter code (ICAO 9303-3, 5)."""

from functools import cache

from babel.core import get_global

from kanssa.answers.lists import Choice, choices, countries

_LENGTH = 3
_ORGANISATIONS = "issuer-beside-countries"
_AS_PRINTED = {"D": "DEU", "XKK": "RKS"}
"""Germany prints one letter. Kosovo's documents print RKS, but CLDR knows its other code."""
_FORMER = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}


def issuers(language: str) -> list[Choice]:
    of_two = _codes()
    offered = [(of_two[code], name) for code, name in countries(language) if code in of_two]
    return [*offered, *choices(_ORGANISATIONS, language)]


def issuer_of(printed: str) -> str:
    code = _AS_PRINTED.get(printed, printed)
    return code if code in dict(issuers("en")) else ""


def issuer_name(code: str, language: str) -> str:
    return dict(issuers(language)).get(_AS_PRINTED.get(code, code), code)


@cache
def _codes() -> dict[str, str]:
    # Map two-letter codes to three-letter ones: CLDR has the three-letter codes as aliases.
    aliases = get_global("territory_aliases")
    known = {code for code, _name in countries("en")}
    codes = {
        territories[0]: _AS_PRINTED.get(alias, alias)
        for alias, territories in aliases.items()
        if len(alias) == _LENGTH and alias.isalpha() and len(territories) == 1 and alias not in _FORMER
    }
    return {short: code for short, code in codes.items() if short in known}
