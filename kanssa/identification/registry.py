"""The configured identification methods: loaded once, found by key."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.utils.module_loading import import_string

from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.protocol import IdentificationMethod
from kanssa.identification.refusals import UnknownMethod

Loader = Callable[[str, Mapping[str, object], Path], IdentificationMethod]

# Settings for the registry and the production checks, not for the method.
_MARKS = frozenset({"kind", "rehearsal", "sandbox"})
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def methods() -> Mapping[str, IdentificationMethod]:
    """All methods by key, in the file's order. Raises Misconfigured.

    Call it at start: the first call imports the keys.
    """
    return _loaded(Path(settings.IDENTIFICATION_FILE), tuple(settings.IDENTIFICATION_METHODS.items()))


def method(key: str) -> IdentificationMethod:
    """Refuses: UnknownMethod."""
    found = methods().get(key)
    if found is None:
        raise UnknownMethod
    return found


def read_tables(file: Path) -> dict[str, dict[str, object]]:
    """Read the methods' tables and check only their shape. Raises Misconfigured."""
    tables = read_file(file).get("methods")
    if not isinstance(tables, dict) or not tables:
        raise Misconfigured(f"{file}: has no methods. Give each a table [methods.<key>].")
    return _checked(file, "methods", tables)


def read_staff_tables(file: Path) -> dict[str, dict[str, object]]:
    """Read the tables of staff single sign-ons, possibly none. Raises Misconfigured."""
    tables = read_file(file).get("staff", {})
    if not isinstance(tables, dict):
        raise Misconfigured(f"{file}: staff is no table. Give each single sign-on a table [staff.<key>].")
    return _checked(file, "staff", tables)


def read_file(file: Path) -> dict[str, object]:
    """Read the identification file and check only its top-level parts. Raises Misconfigured."""
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        cure = "Let KANSSA_IDENTIFICATION_FILE name a readable file."
        raise Misconfigured(f"{file}: cannot be read ({error.strerror}). {cure}") from None
    except ValueError as error:
        raise Misconfigured(f"{file}: is no TOML ({error}). Correct that place.") from None
    # A misspelt part would silently leave its methods out.
    if odd := sorted(found.keys() - {"methods", "staff"}):
        cure = "Give methods tables [methods.<key>], and single sign-ons tables [staff.<key>]."
        raise Misconfigured(f"{file}, {odd[0]}: is no part of it. {cure}")
    return found


def _checked(file: Path, part: str, tables: dict[str, object]) -> dict[str, dict[str, object]]:
    if odd := [key for key, table in tables.items() if not _is_method(key, table)]:
        cure = "Name it with lower-case letters, digits and hyphens, and give it a table."
        raise Misconfigured(f"{file}, {part}.{odd[0]}: is no method. {cure}")
    return {key: table for key, table in tables.items() if isinstance(table, dict)}


@cache
def _loaded(file: Path, kinds: tuple[tuple[str, str], ...]) -> Mapping[str, IdentificationMethod]:
    loaded = {}
    for key, table in read_tables(file).items():
        load = _loader(key, table.get("kind"), dict(kinds))
        loaded[key] = load(key, read_own_settings(f"methods.{key}", table), file.parent)
    return MappingProxyType(loaded)


def _loader(key: str, kind: object, kinds: Mapping[str, str]) -> Loader:
    if not isinstance(kind, str) or kind not in kinds:
        raise Misconfigured(f"methods.{key}.kind: must be one of {', '.join(kinds)}. Correct it.")
    loader: Loader = import_string(kinds[kind])
    return loader


def read_own_settings(name: str, table: Mapping[str, object]) -> dict[str, object]:
    """Return the method's own settings. Raises Misconfigured for test codes that are not allowed here."""
    if table.get("allow_test_codes") is True and not settings.ALLOW_TEST_HETU:
        cure = "Remove it, or set KANSSA_TEST_HETU=1 where no real person applies."
        raise Misconfigured(f"{name}.allow_test_codes: is only for where test codes are allowed. {cure}")
    # The method itself refuses any setting that it does not know.
    return {setting: value for setting, value in table.items() if setting not in _MARKS}


def _is_method(key: str, table: object) -> bool:
    return bool(_KEY.fullmatch(key)) and isinstance(table, dict)
