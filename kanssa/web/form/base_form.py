"""Normalise typed input, and ask once about a likely typing error."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from kanssa.values.typed_text import free_text, one_line, some_lines

_UNCHANGED: Callable[[str], str] = str
_CLEANERS: Mapping[str, Callable[[str], str]] = {
    "longtext": free_text,
    "zone": some_lines,
    "password": _UNCHANGED,
    "shown-password": _UNCHANGED,
}
"""How to normalise text, by kind of field; all other kinds are one line."""

ACCEPTED_PREFIX = "sure-"
"""Prefix of the hidden field that holds the accepted value of a field with a typo warning."""


@dataclass(frozen=True, slots=True)
class TypoWarning:
    """A question about a value that is likely mistyped. Accepting it holds for this very value."""

    question: str | Promise
    value: str
    is_accepted: bool


@runtime_checkable
class WarnsOfTypos(Protocol):
    def typo_warning(self, value: Any) -> str | Promise:
        """Ask whether a valid value is right; empty when there is nothing to ask."""


class Form(forms.Form):
    """The base of every form. Pages mark required fields themselves."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *args: Any, fields: Mapping[str, forms.Field] | None = None, **more: Any
    ) -> None:
        super().__init__(data, *args, **more)
        self.fields.update(fields or {})
        self.typo_warnings: dict[str, TypoWarning] = {}
        if self.is_bound:
            self.data = MultiValueDict(
                {
                    name: [_plain(self.fields.get(name), each) for each in values]
                    for name, values in _lists(data)
                }
            )

    def full_clean(self) -> None:
        self.typo_warnings = {}
        super().full_clean()
        for name, value in getattr(self, "cleaned_data", {}).items():
            field = self.fields.get(name)
            # A value that was there before needs no warning.
            if isinstance(field, WarnsOfTypos) and value != self.initial.get(name):
                self._warn(name, str(value), field.typo_warning(value))

    def is_valid(self) -> bool:
        return super().is_valid() and not self.open_warnings

    def _warn(self, name: str, value: str, question: str | Promise) -> None:
        if question:
            self.typo_warnings[name] = TypoWarning(
                question, value, is_accepted=self.data.get(ACCEPTED_PREFIX + name) == value
            )

    @property
    def open_warnings(self) -> list[tuple[str, TypoWarning]]:
        return [
            (name, typo_warning)
            for name, typo_warning in self.typo_warnings.items()
            if not typo_warning.is_accepted
        ]

    @property
    def has_only_warnings(self) -> bool:
        return self.is_bound and not self.errors and bool(self.open_warnings)

    @property
    def status(self) -> int:
        return 422 if self.is_bound and not self.is_valid() else 200


def _lists(data: Any) -> Iterable[tuple[str, list[Any]]]:
    if isinstance(data, MultiValueDict):
        return data.lists()
    return _in_lists(data)


def _in_lists(data: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name, value in data.items():
        yield name, value if isinstance(value, list) else [value]


def _plain(field: forms.Field | None, typed: Any) -> Any:
    if field is None or not isinstance(typed, str):
        return typed
    return _CLEANERS.get(getattr(field, "kind", ""), one_line)(typed)
