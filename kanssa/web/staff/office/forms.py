import re
from datetime import date
from typing import Any
from uuid import uuid4

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kanssa.office.editing import OfficeChange
from kanssa.office.information import ExceptionalDay, OfficeNotice, ServiceTimes
from kanssa.web.form.base_form import Form
from kanssa.web.form.email_field import EmailField
from kanssa.web.form.error_messages import FIELD_ERROR_MESSAGES
from kanssa.web.staff.desk.forms import DayField, LineField, SelectField

_LONGEST_NOTICE = 500
_NAMES: dict[str, str | Promise] = {"fi": _("In Finnish"), "sv": _("In Swedish"), "en": _("In English")}
_WHEN = {"required": _("Write the day.")}
_PHONE_FAULT = _("Write the phone number in full, for example 040 123 4567 or +46 70 123 45 67.")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]*")
_REGION = "FI"
_HIGHEST_NUMBER = 2**31 - 1
_HOURS = {"required": _("Write the hours.")}


def _require_phone(typed: str) -> None:
    # The number is shown as a link to call.
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not _PHONE.fullmatch(typed) or not phonenumbers.is_possible_number(number):
        raise ValidationError(_PHONE_FAULT)


def _required_message(label: Any) -> dict[str, Any]:
    words = _("Write this in all three languages. It is missing: {question}")
    return {"required": format_lazy(words, question=label)}


class EditionForm(Form):
    """A form that carries the edition its page showed: it never overwrites an unseen edit."""

    seen = forms.IntegerField(min_value=0, max_value=_HIGHEST_NUMBER, widget=forms.HiddenInput)

    def change(self) -> OfficeChange:
        raise NotImplementedError

    @property
    def day(self) -> date:
        raise NotImplementedError


class TimesForm(EditionForm):
    since = DayField(_("In force from"), is_ahead=True, error_messages=_WHEN)
    hours = LineField(
        _("Opening hours of the desk"),
        kind="code",
        help_text=_("In the OpenStreetMap form, for example: Mo-Th 09:00-16:00; Fr 09:00-15:00; PH off"),
        error_messages=_HOURS,
    )
    phone = LineField(
        _("Telephone"),
        kind="tel",
        width="medium",
        validators=[_require_phone],
        error_messages={"required": _("Write the number.")},
    )
    phone_hours = LineField(
        _("Telephone hours"),
        kind="code",
        help_text=_("In the same form. PH off: closed on public holidays."),
        error_messages=_HOURS,
    )
    email = EmailField(
        autocomplete="off",
        warns_of_typos=True,
        error_messages={"required": _("Write the complete e-mail address.")},
    )

    def change(self) -> OfficeChange:
        cleaned = self.cleaned_data
        return ServiceTimes(*(cleaned[name] for name in ("since", "hours", "phone", "phone_hours", "email")))

    @property
    def day(self) -> date:
        day: date = self.cleaned_data["since"]
        return day


class DayForm(EditionForm):
    on = DayField(_("Day"), is_ahead=True, error_messages=_WHEN)
    hours = LineField(
        _("Opening hours on that day"),
        kind="code",
        width="medium",
        help_text=_("For example 09:00-12:00. Write off if it is closed."),
        error_messages=_HOURS,
    )
    fi = LineField(_("Reason in Finnish"), error_messages=_required_message(_("Reason in Finnish")))
    sv = LineField(_("Reason in Swedish"), error_messages=_required_message(_("Reason in Swedish")))
    en = LineField(_("Reason in English"), error_messages=_required_message(_("Reason in English")))

    def change(self) -> OfficeChange:
        cleaned = self.cleaned_data
        return ExceptionalDay(cleaned["on"], cleaned["hours"], {name: cleaned[name] for name in _NAMES})

    @property
    def day(self) -> date:
        day: date = self.cleaned_data["on"]
        return day


class NoticeText(forms.CharField):
    kind = "longtext"
    width = "full"

    def __init__(self, label: Any) -> None:
        messages = {**FIELD_ERROR_MESSAGES, **_required_message(label)}
        super().__init__(label=label, max_length=_LONGEST_NOTICE, error_messages=messages)


class NoticeForm(EditionForm):
    since = DayField(_("Shown from"), is_ahead=True, error_messages=_WHEN)
    until = DayField(_("Shown through"), is_ahead=True, error_messages=_WHEN)
    fi = NoticeText(_NAMES["fi"])
    sv = NoticeText(_NAMES["sv"])
    en = NoticeText(_NAMES["en"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("since") and typed.get("until") and typed["until"] < typed["since"]:
            self.add_error("until", _("The last day is before the first."))
        return typed

    def change(self) -> OfficeChange:
        cleaned = self.cleaned_data
        text = {name: cleaned[name] for name in _NAMES}
        return OfficeNotice(str(uuid4()), cleaned["since"], cleaned["until"], text)

    @property
    def day(self) -> date:
        day: date = self.cleaned_data["since"]
        return day


class RemovalForm(EditionForm):
    part = SelectField(_("What"), [(each, each) for each in ("times", "day", "notice")])
    key = LineField(_("Which"))
