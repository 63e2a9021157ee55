"""The form that every page uses: it makes plain what was typed, and asks once about a likely slip."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from kanssa.values.typed_text import free_text, one_line, some_lines

_AS_IT_IS: Callable[[str], str] = str
_READ_AS: Mapping[str, Callable[[str], str]] = {
    "longtext": free_text,
    "zone": some_lines,
    "password": _AS_IT_IS,
    "shown-password": _AS_IT_IS,
}
"""How text of a kind of field is made plain; all others are one line."""

SURE = "sure-"
"""Before a field's name: the hidden field that says which value is right though it seems a slip."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about a value that is likely a slip. To accept it is bound to the very value."""

    question: str | Promise
    value: str
    is_accepted: bool


@runtime_checkable
class Doubting(Protocol):
    """A field that may ask about a value."""

    def doubt(self, value: Any) -> str | Promise:
        """Ask whether a sound value is right; empty where there is nothing to ask."""


class Form(forms.Form):
    """Every form of the house. Its pages mark for themselves what is required."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *args: Any, fields: Mapping[str, forms.Field] | None = None, **more: Any
    ) -> None:
        """Make what was typed plain before any field reads it; `fields` are asked besides the class's own."""
        super().__init__(data, *args, **more)
        self.fields.update(fields or {})
        self.doubts: dict[str, Doubt] = {}
        if self.is_bound:
            self.data = MultiValueDict(
                {
                    name: [_plain(self.fields.get(name), each) for each in values]
                    for name, values in _lists(data)
                }
            )

    def full_clean(self) -> None:
        """Check every field, then see about which values to ask; those that were there before are right."""
        self.doubts = {}
        super().full_clean()
        for name, value in getattr(self, "cleaned_data", {}).items():
            field = self.fields.get(name)
            if isinstance(field, Doubting) and value != self.initial.get(name):
                self._ask(name, str(value), field.doubt(value))

    def is_valid(self) -> bool:
        """Whether it can be saved: no error, and nothing left to ask about."""
        return super().is_valid() and not self.asked_about

    def _ask(self, name: str, value: str, question: str | Promise) -> None:
        if question:
            self.doubts[name] = Doubt(question, value, is_accepted=self.data.get(SURE + name) == value)

    @property
    def asked_about(self) -> list[tuple[str, Doubt]]:
        """The fields with a value that the person has not yet said to be right."""
        return [(name, doubt) for name, doubt in self.doubts.items() if not doubt.is_accepted]

    @property
    def only_asks(self) -> bool:
        """Whether it comes back with questions and no error."""
        return self.is_bound and not self.errors and bool(self.asked_about)

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows it."""
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
    return _READ_AS.get(getattr(field, "kind", ""), one_line)(typed)
