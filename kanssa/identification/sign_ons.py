"""The city's single sign-ons for staff: loaded once, found by key."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.protocol import Attempt, Handover, NewAttempt
from kanssa.identification.refusals import UnknownMethod
from kanssa.identification.registry import read_own_settings, read_staff_tables
from kanssa.values.staff import VerifiedStaff


class SignOn(Protocol):
    """One single sign-on; like `IdentificationMethod`, for staff."""

    key: str

    def begin(self, *, attempt: NewAttempt, return_url: str, language: str, now: datetime) -> Handover: ...

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedStaff:
        """Turn the reply into a verified employee. Raises only refusals of `identification.refusals`."""
        ...

    def label(self, language: str) -> str: ...


Loader = Callable[[str, Mapping[str, object], Path], SignOn]


def sign_ons() -> Mapping[str, SignOn]:
    """All single sign-ons by key, in the file's order. Raises Misconfigured. Call it at start."""
    return _loaded(Path(settings.IDENTIFICATION_FILE), tuple(settings.SIGN_ONS.items()))


def sign_on(key: str) -> SignOn:
    """Refuses: UnknownMethod."""
    found = sign_ons().get(key)
    if found is None:
        raise UnknownMethod
    return found


def sign_on_attempt_key(key: str) -> str:
    # It cannot equal a method's key, which has no full stop.
    return f"staff.{key}"


@cache
def _loaded(file: Path, kinds: tuple[tuple[str, str], ...]) -> Mapping[str, SignOn]:
    loaded = {}
    for key, table in read_staff_tables(file).items():
        kind = dict(kinds).get(str(table.get("kind")))
        if kind is None:
            known = ", ".join(name for name, _loader in kinds)
            raise Misconfigured(f"staff.{key}.kind: must be one of {known}. Correct it.")
        load: Loader = import_string(kind)
        loaded[key] = load(key, read_own_settings(f"staff.{key}", table), file.parent)
    # Shared by all threads of the process, so it cannot be changed.
    return MappingProxyType(loaded)
