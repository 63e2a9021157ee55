"""What is typed to get a username, and to come in by it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kanssa.accounts.passwords import LONGEST
from kanssa.web.faults import IN_OUR_WORDS
from kanssa.web.staff.forms import Typed

_LONGEST_CODE = 200  # what is pasted may have words around it


class Mailbox(forms.EmailField):
    """An e-mail address of one's own."""

    kind = "email"
    width = "full"

    def __init__(self, *, autocomplete: str) -> None:
        """Ask for it."""
        messages = {
            **IN_OUR_WORDS,
            "required": _("Type your e-mail address."),
            "invalid": _("Check the e-mail address: it needs an @ and what stands behind it."),
        }
        super().__init__(label=_("E-mail address"), error_messages=messages)
        self.autocomplete = autocomplete


class MailboxForm(forms.Form):
    """Where a link is to go."""

    email = Mailbox(autocomplete="email")


class SignInForm(forms.Form):
    """Coming in by a username."""

    email = Mailbox(autocomplete="username")
    password = Typed(
        _("Password"),
        kind="password",
        autocomplete="current-password",
        width="full",
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type the password.")},
    )


class CodeForm(forms.Form):
    """The activation code of a slip."""

    code = Typed(
        _("Activation code"),
        kind="code",
        autocomplete="off",
        width="medium",
        max_length=_LONGEST_CODE,
        help_text=_("The 12 letters and digits on your slip, such as K7QM-4HXR-92TW. Small letters will do."),
        error_messages={"required": _("Type the activation code of your slip.")},
    )


class PasswordForm(forms.Form):
    """A password of one's own, once: it can be shown."""

    password = Typed(
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


class OpeningForm(CodeForm, PasswordForm):
    """Both: of a new username."""

    field_order = ("code", "password")


def typed_in(form: type[forms.Form], posted: Any, **more: Any) -> Any:
    """Make a form of what was posted, if anything; the browser checks nothing beforehand."""
    return form(posted, use_required_attribute=False, **more)
