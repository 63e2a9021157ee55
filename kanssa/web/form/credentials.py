"""Credentials as people type them: the same fields and forms for applicants and for staff."""

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

    def __init__(
        self, label: Any, *, kind: str, autocomplete: str, width: str, required: Any, **more: Any
    ) -> None:
        super().__init__(label=label, error_messages={**FIELD_ERROR_MESSAGES, "required": required}, **more)
        self.kind = kind
        self.autocomplete = autocomplete
        self.width = width


class PasswordField(TextInputField):
    def __init__(self, label: Any, *, autocomplete: str, required: Any, **more: Any) -> None:
        # A password may begin or end with a space.
        given: dict[str, Any] = {"kind": "password", "width": "full", "max_length": LONGEST, "strip": False}
        super().__init__(label, autocomplete=autocomplete, required=required, **given, **more)


class CodeField(TextInputField):
    def __init__(self, label: Any, *, autocomplete: str, required: Any, **more: Any) -> None:
        given: dict[str, Any] = {"kind": "code", "width": "medium", "max_length": _LONGEST_CODE}
        super().__init__(label, autocomplete=autocomplete, required=required, **given, **more)


class SignInForm(Form):
    email = EmailField(autocomplete="username")
    password = PasswordField(_("Password"), autocomplete="current-password", required=_("Type the password."))


class NewPasswordForm(Form):
    """A password typed once: it can be made visible."""

    password = PasswordField(
        _("New password"),
        autocomplete="new-password",
        required=_("Type a password."),
        help_text=_("At least 12 characters. Several words that do not belong together are good."),
    )

    def show(self) -> None:
        self.fields["password"].kind = "shown-password"  # type: ignore[attr-defined]  # TextInputField has it
