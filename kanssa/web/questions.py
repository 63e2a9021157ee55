"""Questions as Django forms, made from the form's description."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from kanssa.answers.lists import Answer, answers, choices, citizenships, countries, label, languages
from kanssa.applications.form import Field, Kind
from kanssa.values.hetu import NotAHetu, parse_hetu

_LONGEST = {Kind.LONG_TEXT: 2000}
_LONGEST_TEXT = 100
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)
# A mail program would make a link of it, and letters call people by their first name.
_ADDRESS_LIKE = re.compile(r"\.\w")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_EARLIEST = date(1890, 1, 1)
_AHEAD_AT_MOST = 10
_REGION = "FI"

_MADE: Mapping[str, Callable[[str], Iterable[tuple[str, str]]]] = {
    "countries": countries,
    "citizenships": citizenships,
    "languages": languages,
}
"""The lists that are no file of ours."""

_HETU_FAULTS = {
    "shape": _("Write the personal identity code in the form 131052-308T."),
    "component": _("There is no such personal identity code. Check the date and the number."),
    "check": _("The personal identity code has a mistake in it. Check each character."),
    "test": _("This is a test code. Write the personal identity code itself."),
    "future": _("The personal identity code has a date of birth in the future."),
}


class Question(forms.Field):
    """One field of the description as a form field. It gives the answer as it is kept (JSON).

    Nothing is required here: what is missing is a rule of the application, not of a form.
    """

    def __init__(self, described: Field, today: date) -> None:
        """Take label, hint and look from the description."""
        words: dict[str, Any] = {"label": described.label, "help_text": described.hint}
        super().__init__(required=False, **words)
        self.described = described
        self.today = today
        self.kind = "text" if described.kind is Kind.NAME else str(described.kind)
        self.width = described.width
        self.autocomplete = described.autocomplete
        self.is_asked = described.required
        if described.answers:
            self.choices = answer_choices(described.answers)
        if described.kind is Kind.AREAS:
            self.groups = _area_groups()
        if described.kind in (Kind.CHOICES, Kind.AREAS):
            self.widget = forms.SelectMultiple()
        if described.kind is Kind.YES:
            self.widget = forms.CheckboxInput()

    def clean(self, value: Any) -> Any:
        """Check what was typed; None for what was left empty. Raises ValidationError."""
        cleaned = _CLEANERS[self.described.kind](self, value)
        return None if cleaned in ("", []) else cleaned


def answer_choices(name: str) -> list[tuple[str, str]]:
    """The answers of a list in the present language, as pairs of code and label."""
    language = get_language() or "fi"
    return list(_MADE[name](language)) if name in _MADE else choices(name, language)


def answer_label(name: str, code: str) -> str:
    """An answer in the present language; one that is no longer offered has its label too."""
    if name in _MADE:
        return dict(answer_choices(name)).get(code, code)
    return label(name, code, get_language() or "fi")


def form_for(
    fields: Iterable[Field], *, given: Mapping[str, Any], typed: Mapping[str, Any] | None, today: date
) -> forms.Form:
    """Make a form of these fields: bound to what was typed, else showing what was given.

    An identity code that was given is not shown again; left empty, it stays.
    """
    form = forms.Form(typed, initial=_shown_again(given), use_required_attribute=False)
    for described in fields:
        question = Question(described, today)
        if described.kind is Kind.HETU and given.get(described.name):
            question.help_text = _("Given already. Leave this empty to keep it.")
        form.fields[described.name] = question
    return form


def answers_in(form: forms.Form, *, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a form that is sound; an identity code left empty stays as it was."""
    facts = dict(form.cleaned_data)
    if "hetu" in facts and facts["hetu"] is None and not facts.get("no_hetu"):
        facts["hetu"] = given.get("hetu")
    return facts


def _shown_again(given: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in given.items() if name != "hetu"}
    for name, value in shown.items():
        if isinstance(value, str) and _DATE.fullmatch(value) and value[4] == "-":
            shown[name] = date.fromisoformat(value)
    return shown


def _text(question: Question, typed: Any) -> str:
    text = unicodedata.normalize("NFC", str(typed or "")).strip()
    longest = _LONGEST.get(question.described.kind, _LONGEST_TEXT)
    if len(text) > longest:
        raise ValidationError(_("Too long: at most %(longest)d characters."), params={"longest": longest})
    if any(unicodedata.category(letter) == "Cc" and letter not in "\r\n\t" for letter in text):
        raise ValidationError(_("There is a character here that cannot be used. Type the answer anew."))
    return text


def _line(question: Question, typed: Any) -> str:
    line = " ".join(_text(question, typed).split())
    if any(letter.isalpha() and not _is_latin(letter) for letter in line):
        raise ValidationError(_("Use Latin letters, as in the passport or on an envelope."))
    return line


def _name(question: Question, typed: Any) -> str:
    name = _line(question, typed)
    if name and not all(letter.isalpha() or letter in " -'’.," for letter in name):
        raise ValidationError(_("A name has letters, hyphens and spaces only."))
    if name and (not any(letter.isalpha() for letter in name) or _ADDRESS_LIKE.search(name)):
        raise ValidationError(_("A name has letters, hyphens and spaces only."))
    return name


def _hetu(question: Question, typed: Any) -> str:
    text = _text(question, typed)
    if not text:
        return ""
    try:
        return parse_hetu(text, today=question.today, allow_test_codes=settings.ALLOW_TEST_HETU).code
    except NotAHetu as fault:
        raise ValidationError(_HETU_FAULTS[fault.why]) from None


def _date(question: Question, typed: Any) -> str:
    text = "".join(_text(question, typed).split())
    if not text:
        return ""
    match = _DATE.fullmatch(text)
    try:
        given = _date_in(match) if match else None
    except ValueError:
        given = None
    if given is None:
        raise ValidationError(_("Write the date as day, month and year, for example 31.12.1990."))
    latest = question.today if question.described.name in ("born", "since") else None
    if latest and given > latest:
        raise ValidationError(_("The date is in the future."))
    if given < _EARLIEST or given.year > question.today.year + _AHEAD_AT_MOST:
        raise ValidationError(_("Check the year."))
    return given.isoformat()


def _date_in(match: re.Match[str]) -> date:
    if match[4]:
        return date.fromisoformat(match.group())
    return date(int(match[3]), int(match[2]), int(match[1]))


def _euros(question: Question, typed: Any) -> int | None:
    text = "".join(_text(question, typed).replace("€", "").split())
    text = re.sub(r"[.,]00?$|[.,]-$", "", text)
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise ValidationError(_("Write whole euros in digits, for example 2350."))
    return int(text)


def _number(question: Question, typed: Any) -> int | None:
    text = "".join(_text(question, typed).split())
    if not text:
        return None
    if not _WHOLE.fullmatch(text) or int(text) > question.described.highest:
        raise ValidationError(
            _("Write a whole number from 0 to %(highest)d."), params={"highest": question.described.highest}
        )
    return int(text)


def _decimal(question: Question, typed: Any) -> str:
    text = "".join(_text(question, typed).split()).replace(",", ".")
    if not text:
        return ""
    try:
        number = Decimal(text) if text.isascii() else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not 0 <= number <= question.described.highest:
        raise ValidationError(
            _("Write a number from 0 to %(highest)d, for example 45,5."),
            params={"highest": question.described.highest},
        )
    return format(number.normalize(), "f")


def _choice(question: Question, typed: Any) -> str:
    text = str(typed or "")
    if text and text not in dict(question.choices):
        raise ValidationError(_("Choose one of the answers."))
    return text


def _several(question: Question, typed: Any) -> list[str]:
    chosen = [str(each) for each in typed or []]
    if any(each not in dict(question.choices) for each in chosen):
        raise ValidationError(_("Choose among the answers."))
    return [code for code, _label in question.choices if code in chosen]


def _yes(_question: Question, typed: Any) -> bool | None:
    return True if typed else None


def _email(question: Question, typed: Any) -> str:
    text = "".join(_text(question, typed).split())
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValidationError(
            _("Write the e-mail address in full, for example aino.korhonen@example.com.")
        ) from None


def _phone(question: Question, typed: Any) -> str:
    text = _text(question, typed)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not text.isascii() or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("Write the phone number in full, for example 040 123 4567 or +46 70 123 45 67.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def _area_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The areas for showing: the whole city alone, then each major district with its districts."""
    language = get_language() or "fi"
    whole_city = [(area.code, area.label(language)) for area in answers("area") if area.parent is None]
    majors = [area for area in answers("area") if area.parent == whole_city[0][0]]
    return [("", whole_city), *[_major_district(area, language) for area in majors]]


def _major_district(major: Answer, language: str) -> tuple[str, list[tuple[str, str]]]:
    name = major.label(language)
    whole = _("%(major_district)s, all of it") % {"major_district": name}
    districts = [(area.code, area.label(language)) for area in answers("area") if area.parent == major.code]
    return name, [(major.code, whole), *districts]


_CLEANERS: Mapping[Kind, Callable[[Question, Any], Any]] = {
    Kind.NAME: _name,
    Kind.TEXT: _line,
    Kind.LONG_TEXT: _text,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.HETU: _hetu,
    Kind.DATE: _date,
    Kind.EUROS: _euros,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _decimal,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _several,
    Kind.AREAS: _several,
    Kind.YES: _yes,
}
