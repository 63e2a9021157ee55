"""Forms for creating a username and signing in with it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kanssa.accounts.passwords import LONGEST
from kanssa.web.form.base_form import Form
from kanssa.web.form.email_field import EmailField
from kanssa.web.staff.sign_in.forms import TextInputField

_LONGEST_CODE = 200  # a pasted code may have words around it


class MailboxForm(Form):
    email = EmailField(autocomplete="email", warns_of_typos=True)


class SignInForm(Form):
    email = EmailField(autocomplete="username")
    password = TextInputField(
        _("Password"),
        kind="password",
        autocomplete="current-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type the password.")},
    )


class ActivationCodeForm(Form):
    code = TextInputField(
        _("Activation code"),
        kind="code",
        autocomplete="off",
        width="medium",
        max_length=_LONGEST_CODE,
        help_text=_("The 12 letters and digits on your slip, such as K7QM-4HXR-92TW. Small letters will do."),
        error_messages={"required": _("Type the activation code of your slip.")},
    )


class ChoosePasswordForm(Form):
    """A password typed once: it can be made visible."""

    password = TextInputField(
        _("New password"),
        kind="password",
        autocomplete="new-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        help_text=_("At least 12 characters. Several words that do not belong together are good."),
        error_messages={"required": _("Type a password.")},
    )

    def show(self) -> None:
        self.fields["password"].kind = "shown-password"  # type: ignore[attr-defined]  # TextInputField has it


class ChangePasswordForm(ChoosePasswordForm):
    current = TextInputField(
        _("Current password"),
        kind="password",
        autocomplete="current-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type your current password.")},
    )
    field_order = ("current", "password")


class NewAccountForm(ActivationCodeForm, ChoosePasswordForm):
    field_order = ("code", "password")


def bind_form(form: type[Form], posted: Any, **more: Any) -> Any:
    return form(posted, **more)
