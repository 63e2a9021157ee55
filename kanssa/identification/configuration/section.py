"""Read and validate one method's table of the identification file."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

Member = TypeVar("Member", bound=str)

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_HOST = re.compile(r"(?!.{254})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Misconfigured(ValueError):
    """A setting is unusable; the text names the setting and the cure."""


class Section:
    """The settings of one method; reading a setting marks it as known.

    Every method raises Misconfigured instead of guessing, and `reject_unknown_settings` finds misspelt
    settings. Relative file names start from `folder`.
    """

    def __init__(self, name: str, table: Mapping[str, object], folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._table = table
        self._known: set[str] = set()

    def wrong(self, setting: str, what: str, cure: str) -> Misconfigured:
        return Misconfigured(f"{self.name}.{setting}: {what} {cure}")

    def has(self, setting: str) -> bool:
        # A setting that was asked for is known.
        self._known.add(setting)
        return setting in self._table

    def text(self, setting: str, *, cure: str) -> str:
        value = self._required(setting, cure)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(setting, "must be a text in quotes.", cure)
        return value

    def address(self, setting: str, *, cure: str, allow_http: bool) -> str:
        address = self.text(setting, cure=cure)
        try:
            parts = urlsplit(address)
            port_is_right = parts.port != 0
        except ValueError:
            raise self.wrong(setting, "is no address.", cure) from None
        # Plain http never leaves this machine.
        is_local = allow_http and parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or is_local):
            raise self.wrong(setting, "must start with https://.", cure)
        # User names and fragments would be sent, or dropped, in ways that differ by program.
        if not parts.hostname or not port_is_right or parts.fragment or parts.username is not None:
            raise self.wrong(setting, "must name a host, and no user or fragment.", cure)
        # Look-alike and control characters in an address hide where it leads.
        if not _HOST.fullmatch(parts.hostname) or re.search(r"[^!-~]", address):
            raise self.wrong(setting, "is no address.", cure)
        return address

    def choice(self, setting: str, choices: Iterable[Member], *, cure: str) -> Member:
        value = self.text(setting, cure=cure)
        for member in choices:
            if member == value:
                return member
        raise self.wrong(setting, f"is one of {', '.join(choices)}.", cure)

    def choices(self, setting: str, choices: Iterable[Member], *, cure: str) -> list[Member]:
        value = self._required(setting, cure)
        by_text = {str(member): member for member in choices}
        if not isinstance(value, list) or not all(
            isinstance(text, str) and text in by_text for text in value
        ):
            raise self.wrong(setting, f"is a list of {', '.join(by_text)}.", cure)
        return [by_text[text] for text in value]

    def texts(self, setting: str, *, cure: str) -> tuple[str, ...]:
        value = self._required(setting, cure)
        if not isinstance(value, list) or not value or not all(map(_is_text, value)):
            raise self.wrong(setting, "must be a list of texts.", cure)
        return tuple(value)

    def texts_by_name(self, setting: str, *, cure: str) -> dict[str, str]:
        value = self._required(setting, cure)
        if not isinstance(value, dict) or not value or not all(map(_is_text, value.values())):
            raise self.wrong(setting, "must be a table of texts.", cure)
        return dict(value)

    def flag(self, setting: str, *, default: bool) -> bool:
        if not self.has(setting):
            return default
        value = self._table[setting]
        if not isinstance(value, bool):
            raise self.wrong(setting, "must be true or false.", "Write it without quotes.")
        return value

    def number(self, setting: str, *, default: int, most: int) -> int:
        if not self.has(setting):
            return default
        value = self._table[setting]
        # In Python, True is an int.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.wrong(setting, f"must be a whole number from 0 to {most}.", "Correct it.")
        return value

    def section(self, setting: str, *, cure: str) -> "Section":
        value = self._required(setting, cure)
        if not isinstance(value, dict):
            raise self.wrong(setting, "must be a table.", cure)
        return Section(f"{self.name}.{setting}", value, self.folder)

    def sections(self, setting: str, *, cure: str) -> list["Section"]:
        if not self.has(setting):
            return []
        value = self._table[setting]
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise self.wrong(setting, "must be a list of tables.", cure)
        return [
            Section(f"{self.name}.{setting}[{place}]", table, self.folder)
            for place, table in enumerate(value)
        ]

    def secret(self, *, cure: str) -> bytes:
        # Neither or both: it would not be clear which secret applies.
        if self.has("file") == self.has("environment"):
            raise Misconfigured(f"{self.name}: needs either `file` or `environment`. {cure}")
        if self.has("file"):
            return self._file(cure)
        variable = self.text("environment", cure=cure)
        if variable not in os.environ:
            raise self.wrong("environment", f"the variable {variable} is not set.", cure)
        return os.environ[variable].encode()

    def reject_unknown_settings(self) -> None:
        # A setting that was never read is misspelt.
        if unknown := sorted(self._table.keys() - self._known):
            raise self.wrong(unknown[0], "is no setting.", "Correct its name or remove it.")

    def _required(self, setting: str, cure: str) -> object:
        if not self.has(setting):
            raise self.wrong(setting, "is missing.", cure)
        return self._table[setting]

    def _file(self, cure: str) -> bytes:
        try:
            return (self.folder / self.text("file", cure=cure)).read_bytes()
        except OSError as error:
            raise self.wrong("file", f"cannot be read ({error.strerror}).", cure) from None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
