"""Build questions as Django forms from the form description."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kanssa.applications.content.form import Field, FieldKind
from kanssa.calendar.formats import plain_date
from kanssa.values.email_address import shown_address
from kanssa.values.hetu import Hetu
from kanssa.web.form.base_form import Form
from kanssa.web.form.choices import answer_choices, area_groups
from kanssa.web.form.display import display_answer
from kanssa.web.form.email_field import email_typo_warning
from kanssa.web.form.parsing import parse_answer

_KEPT_NUMBER = re.compile(r"\d+\.\d{1,2}", re.ASCII)
_KEPT_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOOKS = {FieldKind.NAME: "text", FieldKind.POSTCODE: "text"}
_IS_RIGHT = _("Is {answer} right? Correct it, or press the button again if it is right.")

_IS_BORN = _(
    "By this identity code the date of birth is {day}. Is it right? "
    "Correct it, or press the button again if it is right."
)


class QuestionField(forms.Field):
    """One field of the description as a form field. It returns the answer as stored (JSON).

    Nothing is required here: completeness is a rule of the application, not of a form.
    """

    def __init__(self, described: Field, today: date) -> None:
        # Never required: a draft may be saved with gaps.
        words: dict[str, Any] = {"label": described.label, "help_text": described.hint}
        super().__init__(required=False, **words)
        self.described = described
        self.today = today
        self.kind = _LOOKS.get(described.kind, str(described.kind))
        self.width = described.width
        self.autocomplete = described.autocomplete
        self.is_asked = described.required
        if described.kind is FieldKind.POSTCODE:
            self.inputmode = "numeric"
        if described.answers:
            self.choices = answer_choices(described.answers)
        if described.kind is FieldKind.AREAS:
            self.groups = area_groups()
        if described.kind in (FieldKind.CHOICES, FieldKind.AREAS):
            self.widget = forms.SelectMultiple()
        if described.kind is FieldKind.YES:
            self.widget = forms.CheckboxInput()

    def clean(self, value: Any) -> Any:
        """Check the input; None for an empty one. Raises ValidationError."""
        match self.described.kind:
            case FieldKind.CHOICE:
                return self._choice(str(value or "")) or None
            case FieldKind.CHOICES | FieldKind.AREAS:
                return self._several([str(each) for each in value or []]) or None
            case FieldKind.YES:
                return True if value else None
            case _:
                return parse_answer(str(value or ""), self.described, self.today)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match self.described.kind:
            case FieldKind.EMAIL:
                # The stored domain is in ASCII; people know it in letters.
                return shown_address(value)
            case FieldKind.EUROS | FieldKind.DECIMAL if _KEPT_NUMBER.fullmatch(value):
                return value.replace(".", get_format("DECIMAL_SEPARATOR"))
            case FieldKind.DATE if _KEPT_DATE.fullmatch(value):
                return "{2:d}.{1:d}.{0:d}".format(*map(int, value.split("-")))
            case _:
                return value

    def typo_warning(self, value: Any) -> str | Promise:
        if value is None:
            return ""
        match self.described.kind:
            case FieldKind.EMAIL:
                return email_typo_warning(value)
            case FieldKind.HETU:
                born = Hetu(value).born
                is_likely = self._is_likely(born.isoformat())
                return "" if is_likely else format_lazy(_IS_BORN, day=plain_date(born))
            case _:
                is_likely = self._is_likely(value)
                return (
                    "" if is_likely else format_lazy(_IS_RIGHT, answer=display_answer(self.described, value))
                )

    def _is_likely(self, answer: Any) -> bool:
        likely = self.described.likely
        return likely is None or likely.holds(answer, today=self.today)

    def _choice(self, code: str) -> str:
        if code and code not in dict(self.choices):
            raise ValidationError(_("Choose one of the answers."))
        return code

    def _several(self, chosen: list[str]) -> list[str]:
        if any(each not in dict(self.choices) for each in chosen):
            raise ValidationError(_("Choose among the answers."))
        return [code for code, _label in self.choices if code in chosen]


def build_form(
    fields: Iterable[Field], *, given: Mapping[str, Any], typed: Mapping[str, Any] | None, today: date
) -> Form:
    questions = {each.name: QuestionField(each, today) for each in fields}
    if given.get("hetu") and "hetu" in questions:
        questions["hetu"].help_text = _("Already given. Leave this empty to keep it.")
    # An identity code must not be readable by the next user of the browser.
    shown_again = {name: value for name, value in given.items() if name != "hetu"}
    return Form(typed, fields=questions, initial=shown_again)


def cleaned_answers(form: Form, *, given: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(form.cleaned_data)
    # An identity code is never shown again: left empty, it stays as it was.
    if "hetu" in facts and facts["hetu"] is None and not facts.get("no_hetu"):
        facts["hetu"] = given.get("hetu")
    return facts
