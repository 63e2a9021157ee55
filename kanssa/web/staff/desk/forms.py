from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.applications.casework.cases import AccessReason
from kanssa.values.hetu import Hetu
from kanssa.values.typed_date import NotADate, read_date
from kanssa.web.form.base_form import Form
from kanssa.web.form.error_messages import FIELD_ERROR_MESSAGES
from kanssa.web.form.parsing import read_hetu
from kanssa.web.staff.desk.labels import ENDINGS

Choices = Iterable[tuple[str, str | Promise]]
_LONGEST = 200
_LONGEST_WORDS = 1000
_WRITE = {"required": _("Write the grounds. They must be understandable years later.")}
_EARLIEST_YEAR, _LATEST_YEAR = 1890, 2100

REASONS: dict[str, str | Promise] = {
    AccessReason.VISIT: _("The person is here"),
    AccessReason.CONTACT: _("The person called or wrote"),
    AccessReason.TASK: _("A task of the service"),
    AccessReason.CORRECTION: _("A correction"),
}
"""The reasons a clerk may choose; reviewing is a supervisor's reason."""

DEPARTURE_GROUNDS: dict[str, str | Promise] = {
    "person": _("The person told us themselves"),
    "authority": _("An authority told us"),
    "register": _("The population register says so"),
    "certificate": _("A certificate was shown"),
}

EXTENSION_GROUNDS: dict[str, str | Promise] = {
    "illness": _("Illness, or an accident"),
    "travel": _("The person cannot identify themselves where they are now"),
    "document": _("A passport or an identity card has been applied for"),
    "service": _("Our service, or a broker, did not work"),
    "other": _("Something else"),
}

PROTECTION_GROUNDS: dict[str, str | Promise] = {
    "person": _("The person says so"),
    "told": _("A relative or an authority told us"),
    "register": _("The population register says so"),
    "decision": _("A decision of an authority was shown"),
    "mistake": _("The earlier record was a mistake"),
}

_HETU_FAULT = _("Write the personal identity code in the form 131052-308T.")


class LineField(forms.CharField):
    """One line to type; `kind` and `width` say how it is shown."""

    autocomplete = "off"

    def __init__(self, label: Any, *, kind: str = "text", width: str = "full", **more: Any) -> None:
        messages = {**FIELD_ERROR_MESSAGES, **more.pop("error_messages", {})}
        super().__init__(label=label, error_messages=messages, **{"max_length": _LONGEST, **more})
        self.kind = kind
        self.width = width


class SelectField(forms.ChoiceField):
    """One of several; up to eight are shown at once, and none is preselected."""

    kind = "choice"

    def __init__(self, label: Any, choices: Choices, *, width: str = "full", **more: Any) -> None:
        messages = {**FIELD_ERROR_MESSAGES, **more.pop("error_messages", {})}
        super().__init__(label=label, choices=list(choices), error_messages=messages, **more)
        self.width = width


class GroundsField(forms.CharField):
    kind = "longtext"
    width = "full"

    def __init__(self, label: Any, **more: Any) -> None:
        messages = {**FIELD_ERROR_MESSAGES, **_WRITE}
        super().__init__(label=label, max_length=_LONGEST_WORDS, error_messages=messages, **more)


class DayField(forms.DateField):
    kind = "date"
    width = "short"

    def __init__(self, label: Any, *, is_ahead: bool = False, **more: Any) -> None:
        messages = {"invalid": _("Write the date as day, month and year, for example 31.12.1990.")}
        if is_ahead:
            more["help_text"] = _("For example 31.12.2030")
            messages = {"invalid": _("Write the date as day, month and year, for example 31.12.2030.")}
        messages |= more.pop("error_messages", {})
        super().__init__(label=label, error_messages=messages, **more)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        try:
            day = read_date(value)
        except NotADate:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
            raise ValidationError(_("Check the year."))
        return day


class SearchForm(Form):
    """One field for everything that a person can give; a document reader may type into it."""

    typed = LineField(
        _("Name, date of birth, identity code, reference or visit code"),
        kind="code",
        help_text=_("Or scan a passport or an identity card. Several words narrow the search."),
        error_messages={"required": _("Type what to search for.")},
    )
    reason = SelectField(_("Why do you need this?"), REASONS.items(), required=False)


class ReasonForm(Form):
    reason = SelectField(
        _("Why do you need this?"),
        REASONS.items(),
        error_messages={"required": _("Choose why you need to see this.")},
    )


class ContactForm(Form):
    channel = SelectField(
        _("How did they contact us?"),
        {"phone": _("By phone"), "email": _("By e-mail")}.items(),
        error_messages={"required": _("Choose how they contacted us.")},
    )
    outcome = SelectField(
        _("How did it end?"),
        {
            "visit-agreed": _("A visit was agreed"),
            "representative-sent": _("A representative comes in their place"),
            "helped-by-phone": _("They were helped by phone with the form"),
            "closed": _("Nothing more is needed"),
        }.items(),
        error_messages={"required": _("Choose how it ended.")},
    )


class DepartureForm(Form):
    because = SelectField(
        _("What happened?"),
        {"died": _("The person has died"), "moved": _("The person has moved away")}.items(),
        error_messages={"required": _("Choose what happened.")},
    )
    grounds = SelectField(
        _("How do you know?"),
        DEPARTURE_GROUNDS.items(),
        error_messages={"required": _("Choose how you came to know.")},
    )
    words = GroundsField(
        _("Grounds"),
        help_text=_("Write who told us or what was shown, and when. Only supervisors can read this."),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("because") == "died" and typed.get("grounds") == "person":
            self.add_error("grounds", _("Choose how you came to know of the death."))
        return typed


class ExtensionForm(Form):
    days = forms.IntegerField(
        label=_("By how many days?"),
        min_value=1,
        max_value=settings.MAX_EXTENSION_DAYS,
        error_messages={
            "required": _("Type the number of days."),
            "invalid": _("Type the number of days."),
            "min_value": _("Type the number of days."),
            "max_value": _("That is more days than the time may be extended by."),
        },
    )
    grounds = SelectField(
        _("Why?"),
        EXTENSION_GROUNDS.items(),
        error_messages={"required": _("Choose why the time is extended.")},
    )
    words = GroundsField(
        _("Grounds"),
        help_text=_("Write what keeps the person from confirming in time. Only supervisors can read this."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, value in {"kind": "number", "width": "short"}.items():
            setattr(self.fields["days"], name, value)


class AnnulmentForm(Form):
    reason = SelectField(
        _("What is wrong with it?"),
        {
            "mistaken": _("A mistake: another person or another application"),
            "forged": _("The document was forged or belonged to another person"),
            "other": _("Something else"),
        }.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"),
        help_text=_("Write what was seen or told, who told it and when. Only supervisors can read this."),
    )


class ProtectionForm(Form):
    is_protected = SelectField(
        _("Does the person have a non-disclosure order?"),
        {"yes": _("Yes"), "no": _("No, or no longer")}.items(),
        error_messages={"required": _("Choose whether there is a non-disclosure order.")},
    )
    because = SelectField(
        _("What is the basis?"),
        PROTECTION_GROUNDS.items(),
        error_messages={"required": _("Choose the basis.")},
    )


class UsernameForm(Form):
    what = SelectField(
        _("What do you want to end?"),
        {
            "slip": _("The unused activation slip"),
            "username": _("The username, and any unused slip"),
        }.items(),
        error_messages={"required": _("Choose what you want to end.")},
    )
    because = SelectField(_("Why?"), ENDINGS.items(), error_messages={"required": _("Choose the reason.")})


class HetuForm(Form):
    """An identity code: of a relative or the clerk, or of a person who has received one."""

    hetu = LineField(
        _("Personal identity code"), kind="hetu", width="short", error_messages={"required": _HETU_FAULT}
    )

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_hetu(self) -> Hetu:
        return read_hetu(self.cleaned_data["hetu"], today=self.today)


class DecisionForm(Form):
    outcome = SelectField(
        _("Is this the same person?"),
        {
            "accepted": _("Yes, it is the same person"),
            "rejected": _("No, or it cannot be told"),
        }.items(),
        error_messages={"required": _("Choose whether it is the same person.")},
    )
