"""States and organisations that issue travel documents, by their codes of three letters (ICAO 9303-3, 5)."""

from functools import cache

from babel import Locale
from babel.core import get_global

from kanssa.answers.lists import Choice, countries

_LENGTH = 3
# Kosovo's own, which CLDR has under another code, and organisations; their names are the same everywhere.
_BESIDE = {"RKS": "XK"}
_ORGANISATIONS = {"EUE": "European Union (laissez-passer)", "UNO": "United Nations (laissez-passer)"}
_AS_PRINTED = {"D": "DEU"}
"""Germany prints one letter."""
_FORMER = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}


def issuers(language: str) -> list[Choice]:
    """Codes and names, Finland first."""
    of_two = _codes()
    offered = [(of_two[code], name) for code, name in countries(language) if code in of_two]
    kosovo = [(code, Locale(language).territories[short]) for code, short in _BESIDE.items()]
    return [*offered, *kosovo, *_ORGANISATIONS.items()]


def issuer_of(printed: str) -> str:
    """The code as the list has it, from a zone; empty when the list has no such issuer."""
    code = _AS_PRINTED.get(printed, printed)
    return code if code in {*_codes().values(), *_BESIDE, *_ORGANISATIONS} else ""


@cache
def _codes() -> dict[str, str]:
    """From two letters to three: CLDR knows each code of three letters as an alias of its country."""
    aliases = get_global("territory_aliases")
    known = {code for code, _name in countries("en")}
    codes = {
        territories[0]: alias
        for alias, territories in aliases.items()
        if len(alias) == _LENGTH and alias.isalpha() and len(territories) == 1 and alias not in _FORMER
    }
    return {short: code for short, code in codes.items() if short in known}
