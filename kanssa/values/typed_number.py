"""Numbers and amounts of money as people write them in Finnish, Swedish and English. Pure.

Takes text from `typed_text.one_line`. No exponent, sign or infinity is accepted, and few digits.
"""

import re
from decimal import Decimal

_MOST_DIGITS = 12
_WHOLE = re.compile(r"\d+|[1-9]\d{0,2}(?: \d{3})+", re.ASCII)
_DECIMAL = re.compile(r"(?P<whole>\d+|[1-9]\d{0,2}(?: \d{3})+)(?:[.,](?P<part>\d{1,2}))?", re.ASCII)
_MONEY = re.compile(
    r"(?P<whole>\d+|[1-9]\d{0,2}(?P<gap>[ .,'])\d{3}(?:(?P=gap)\d{3})*)"
    r"(?:(?!(?P=gap))[.,:](?P<cents>\d{1,2}|--?))?"
    r"|(?P<plain>\d+)(?:[.,:](?P<plain_cents>\d{1,2}|--?))?",
    re.ASCII,
)
_CURRENCY = re.compile(r"^(?:€|eur)\s*|\s*(?:€|e|eur|euro|euros|euroa)\.?$", re.IGNORECASE | re.ASCII)
_SQUARE_METRES = re.compile(
    r"\s*(?:m2|m²|m\^2|neliö|neliötä|neliömetriä|kvm|kvadratmeter|sqm|sq m)\.?$", re.IGNORECASE
)


class NotANumber(ValueError):
    """The input is no number, or could be read in more than one way."""


def read_whole(line: str) -> int:
    """Parse a whole number: `12`, `1 200`. Raises NotANumber."""
    if not _WHOLE.fullmatch(line):
        raise NotANumber
    return int(_digits(line))


def read_area(line: str) -> Decimal:
    """Parse square metres with at most two decimals: `45,5`, `45.50 m²`. Raises NotANumber."""
    match = _DECIMAL.fullmatch(_SQUARE_METRES.sub("", line))
    if match is None:
        raise NotANumber
    return Decimal(f"{_digits(match['whole'])}.{match['part'] or 0}")


def read_euros(line: str) -> Decimal:
    """Parse euros and cents: `2 350,50`, `2.350,50 €`, `2350:50`, `2 350,-`. Raises NotANumber.

    Money has at most two decimals, so three digits after a full stop or comma are thousands.
    """
    match = _MONEY.fullmatch(_closed_up(_CURRENCY.sub("", line)))
    if match is None:
        raise NotANumber
    cents = (match["cents"] or match["plain_cents"] or "").strip("-")
    return Decimal(f"{_digits(match['whole'] or match['plain'])}.{cents.ljust(2, '0')}")


def _closed_up(line: str) -> str:
    return re.sub(r"\s*([.,:])\s*", r"\1", line)


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    if len(digits) > _MOST_DIGITS:
        raise NotANumber
    return digits
