"""Forms for creating a username and for proving one's identity again."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kanssa.web.form.base_form import Form
from kanssa.web.form.credentials import CodeField, NewPasswordForm, PasswordField
from kanssa.web.form.email_field import EmailField


class MailboxForm(Form):
    email = EmailField(autocomplete="email", warns_of_typos=True)


class ActivationCodeForm(Form):
    code = CodeField(
        _("Activation code"),
        autocomplete="off",
        required=_("Type the activation code of your slip."),
        help_text=_("The 12 letters and digits on your slip, such as K7QM-4HXR-92TW. Small letters will do."),
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        _("Current password"), autocomplete="current-password", required=_("Type your current password.")
    )
    field_order = ("current", "password")


class NewAccountForm(ActivationCodeForm, NewPasswordForm):
    field_order = ("code", "password")


def bind_form(form: type[Form], posted: Any, **more: Any) -> Any:
    return form(posted, **more)
