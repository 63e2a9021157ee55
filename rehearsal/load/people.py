"""People who do not exist: names as common as they are, identity codes that are for tests."""

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from kanssa.values.hetu import Hetu

MOST_ADULTS = 4
_NUMBERS_EACH = MOST_ADULTS + 1
"""Numbers of people that each application has: its adults, and one who claims to be one of them."""

# The individual numbers below are those of the rehearsal broker's people.
_FIRST_INDIVIDUAL, _LAST_INDIVIDUAL = 912, 999
_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_EARLIEST, _LATEST = date(1935, 1, 1), date(2005, 12, 31)
_A_DAY = _LAST_INDIVIDUAL - _FIRST_INDIVIDUAL + 1
_CODES = ((_LATEST - _EARLIEST).days + 1) * _A_DAY
_STEP = 1_000_003
"""Without a factor in common with the number of codes, so that no code comes twice."""

MOST_APPLICATIONS = _CODES // _NUMBERS_EACH
_LESS_COMMON = 4
_STREETS = (
    "Kaikukatu",
    "Hämeentie",
    "Mannerheimintie",
    "Mechelininkatu",
    "Vuotie",
    "Kontulankaari",
    "Ulvilantie",
)
_POSTCODES = ("00530", "00550", "00250", "00100", "00980", "00940", "00350", "00710", "00870", "00990")
_CITIZENSHIPS = ("FI", "EE", "RU", "SO", "IQ", "UA", "VN", "IN", "TR")
_SOURCES = ("wages", "unemployment", "pension", "student", "social-assistance", "entrepreneur", "parental")


@dataclass(frozen=True, slots=True)
class TestPerson:
    """An adult as they type themselves, and as the bank knows them."""

    id: UUID
    last_name: str
    first_names: str
    hetu: Hetu
    email: str
    language: str

    @property
    def named(self) -> dict[str, Any]:
        return {
            "last_name": self.last_name,
            "first_names": self.first_names,
            "hetu": self.hetu.code,
            "contact_language": self.language,
        } | ({"email": self.email} if self.email else {"phone": "+358401234567"})


def adults(rng: Random, *, application: int, seed: int, count: int) -> list[TestPerson]:
    """Make the adults of the application of this number, and last the one who claims to be one of them.

    Half of the households have one last name.
    """
    first = application * _NUMBERS_EACH
    people = [_person(rng, first + nth, seed) for nth in range(count)]
    if count > 1 and rng.random() < 0.5:  # noqa: PLR2004 half
        people = [people[0], *(_called(each, people[0].last_name) for each in people[1:])]
    claimant = _person(rng, first + MOST_ADULTS, seed)
    return [*people, _called(claimant, people[-1].last_name, people[-1].first_names)]


def own_answers(rng: Random) -> dict[str, Any]:
    income = rng.choices(_SOURCES, (50, 14, 12, 10, 6, 4, 4))[0]
    number, flat = rng.randint(1, 120), f"{rng.choice('ABCD')} {rng.randint(1, 90)}"
    return {
        "citizenship": rng.choices(_CITIZENSHIPS, (80, 4, 3, 3, 3, 2, 2, 2, 1))[0],
        "home_municipality": rng.choices(("091", "049", "092"), (80, 10, 10))[0],
        "street_address": f"{rng.choice(_STREETS)} {number} {flat}",
        "postcode": rng.choice(_POSTCODES),
        "city": "Helsinki",
        "income_source": income,
        "gross_income": rng.randrange(1400, 5200, 10) if income == "wages" else rng.randrange(0, 1900, 10),
    }


def random_id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _person(rng: Random, number: int, seed: int) -> TestPerson:
    names = _names()
    last = rng.choices(names["last"], cum_weights=_weights(len(names["last"])))[0]
    given = names[rng.choice(("female", "male"))]
    first = rng.choices(given, cum_weights=_weights(len(given)))[0]
    local = f"{_in_ascii(first.split()[0])}.{_in_ascii(last)}.{number}"
    return TestPerson(
        random_id(rng),
        last,
        first,
        _code(number, seed),
        f"{local}@example.com" if rng.random() < 0.95 else "",  # noqa: PLR2004 most
        rng.choices(("fi", "sv", "en"), (84, 6, 10))[0],
    )


def _called(person: TestPerson, last_name: str, first_names: str = "") -> TestPerson:
    first = first_names or person.first_names
    return TestPerson(person.id, last_name, first, person.hetu, person.email, person.language)


def _code(number: int, seed: int) -> Hetu:
    day, individual = divmod((number * _STEP + seed * _A_DAY) % _CODES, _A_DAY)
    born = _EARLIEST + timedelta(days=day)
    digits = f"{_FIRST_INDIVIDUAL + individual}"
    check = _CHECK_CHARACTERS[int(f"{born:%d%m%y}{digits}") % len(_CHECK_CHARACTERS)]
    return Hetu(f"{born:%d%m%y}{'A' if born.year >= 2000 else '-'}{digits}{check}")  # noqa: PLR2004 a century


@cache
def _names() -> dict[str, Sequence[str]]:
    text = resources.files(__package__).joinpath("names.toml").read_text("utf-8")
    return {
        kind: [name.replace("|", " ") for name in names.split()]
        for kind, names in tomllib.loads(text).items()
    }


@cache
def _weights(count: int) -> list[float]:
    return list(accumulate(1 / (place + _LESS_COMMON) for place in range(count)))


@cache
def _in_ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
