"""What is typed to get a username, and to come in by it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kanssa.accounts.passwords import LONGEST
from kanssa.web.form.base_form import Form
from kanssa.web.form.email_field import EmailField
from kanssa.web.staff.sign_in.forms import TextInputField

_LONGEST_CODE = 200  # what is pasted may have words around it


class MailboxForm(Form):
    """Where a link is to go."""

    email = EmailField(autocomplete="email", warns_of_typos=True)


class SignInForm(Form):
    """Coming in by a username."""

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
    """The activation code of a slip."""

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
    """A password of one's own, once: it can be shown."""

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
        """Let what is typed be seen."""
        self.fields["password"].kind = "shown-password"  # type: ignore[attr-defined]  # of Typed


class NewAccountForm(ActivationCodeForm, ChoosePasswordForm):
    """Both: of a new username."""

    field_order = ("code", "password")


def bind_form(form: type[Form], posted: Any, **more: Any) -> Any:
    """Make a form of what was posted, if anything."""
    return form(posted, **more)
