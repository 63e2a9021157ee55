from typing import Any

from django.utils.translation import gettext_lazy as _

from kanssa.web.form.base_form import Form
from kanssa.web.form.credentials import CodeField, NewPasswordForm, PasswordField


class SecondFactorForm(Form):
    code = CodeField(_("Code"), autocomplete="one-time-code", required=_("Type the code."))


class RepeatedPasswordForm(NewPasswordForm):
    """A new password, typed twice."""

    again = PasswordField(
        _("The same password again"),
        autocomplete="new-password",
        required=_("Type the same password again."),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if "password" in typed and "again" in typed and typed["password"] != typed["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return typed
