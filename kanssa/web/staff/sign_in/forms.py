from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kanssa.accounts.passwords import LONGEST
from kanssa.web.form.base_form import Form
from kanssa.web.form.email_field import EmailField
from kanssa.web.form.error_messages import FIELD_ERROR_MESSAGES

_LONGEST_CODE = 200  # a pasted code may have words around it


class TextInputField(forms.CharField):
    """One line; `kind`, `width` and `autocomplete` say how it is shown."""

    def __init__(self, label: Any, *, kind: str, autocomplete: str, width: str, **more: Any) -> None:
        messages = {**FIELD_ERROR_MESSAGES, **more.pop("error_messages", {})}
        super().__init__(label=label, error_messages=messages, **more)
        self.kind = kind
        self.autocomplete = autocomplete
        self.width = width


class PasswordSignInForm(Form):
    email = EmailField(autocomplete="username", error_messages={"required": _("Type the e-mail address.")})
    password = TextInputField(
        _("Password"),
        kind="password",
        autocomplete="current-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type the password.")},
    )


class SecondFactorForm(Form):
    code = TextInputField(
        _("Code"),
        kind="code",
        autocomplete="one-time-code",
        width="medium",
        max_length=_LONGEST_CODE,
        error_messages={"required": _("Type the code.")},
    )


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = TextInputField(
        _("New password"),
        kind="password",
        autocomplete="new-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        help_text=_("At least 12 characters. Several words that do not belong together are good."),
        error_messages={"required": _("Type the password.")},
    )
    again = TextInputField(
        _("The same password again"),
        kind="password",
        autocomplete="new-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type the same password again.")},
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if "password" in typed and "again" in typed and typed["password"] != typed["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return typed
