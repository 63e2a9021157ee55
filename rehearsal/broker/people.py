"""The people that a tester can choose."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stdnum.fi import hetu as register

_FOLDER = Path(__file__).resolve().parent.parent
_CENTURIES = {"+": 18} | dict.fromkeys("-YXWVU", 19) | dict.fromkeys("ABCDEF", 20)
_LONGEST_NAME = 200


class InvalidPersonError(ValueError):
    """The input does not describe a person; `field` is the wrong field."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.field = name


@dataclass(frozen=True, slots=True)
class Person:
    """A person as in the population register; `about` is for the page, by language."""

    last_name: str
    first_names: str
    hetu: str
    calling_name: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def birth_date(self) -> str:
        century = _CENTURIES[self.hetu[6]]
        return f"{century}{self.hetu[4:6]}-{self.hetu[2:4]}-{self.hetu[:2]}"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the city's staff, as its single sign-on knows them."""

    name: str
    groups: list[str]
    about: Mapping[str, str]


def read_colleagues() -> dict[str, Colleague]:
    tables = tomllib.loads((_FOLDER / "colleagues.toml").read_text("utf-8"))
    return {key: Colleague(**table) for key, table in tables.items()}


def read_people() -> dict[str, Person]:
    return {
        key: Person(**table)
        for key, table in tomllib.loads((_FOLDER / "people.toml").read_text("utf-8")).items()
    }


def typed_person(fields: Mapping[str, str]) -> Person:
    """Create a person from the form. Raises InvalidPersonError."""
    last_name, first_names = (_name(fields, name) for name in ("last_name", "first_names"))
    code = "".join(fields.get("hetu", "").split()).upper()
    # The library would accept full-width digits.
    if not code.isascii() or not register.is_valid(code, allow_temporary=True):
        raise InvalidPersonError("hetu")
    return Person(last_name=last_name, first_names=first_names, hetu=code)


def _name(fields: Mapping[str, str], name: str) -> str:
    typed = " ".join(fields.get(name, "").split())
    if not typed.isprintable() or not 0 < len(typed) <= _LONGEST_NAME:
        raise InvalidPersonError(name)
    return typed
