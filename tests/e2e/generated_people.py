"""People generated for one journey each, so that no journey meets another's."""

import itertools
from datetime import date, timedelta

from tests.cast import CastMember

_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_BORN = date(1960, 1, 1)
# No name is part of another name, a label or an address: tests search messages for the names.
_LAST_NAMES = ("Haapakoski", "Wikholm", "Tuomaranta", "Ek-Sjöström", "Väyrysvaara", "Österblad")
_FIRST_NAMES = (
    "Kerttu Orvokki",
    "Taavi Ilmari",
    "Freja Viveca",
    "Åke Valdemar",
    "Hilja Unelma",
    "Sölve Örjan",
)
_numbers = itertools.count()


def identity_code(born: date, number: int) -> str:
    """Return a code for a birth date in the 1900s; the numbers 900–999 are for tests."""
    digits = f"{born:%d%m%y}{number:03}"
    return f"{digits[:6]}-{digits[6:]}{_CHECKS[int(digits) % 31]}"


def new_person() -> CastMember:
    """Return a person of no other journey; the e-mail address does not contain the name."""
    number = next(_numbers)
    index = number % len(_LAST_NAMES)
    return CastMember(
        last_name=_LAST_NAMES[index],
        first_names=_FIRST_NAMES[index],
        hetu=identity_code(_BORN + timedelta(days=number * 31), 900 + number % 100),
        email=f"box-{number}@example.com",
    )
