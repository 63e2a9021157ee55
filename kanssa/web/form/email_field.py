"""Ask for an e-mail address and read it in the same way on every page."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kanssa.values.domain_typos import suggest_domain
from kanssa.values.email_address import EmailAddress, NotAnEmailAddress, shown_address
from kanssa.web.form.error_messages import FIELD_ERROR_MESSAGES

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_ERRORS = {
    "shape": _("Write the e-mail address in full, for example aino.korhonen@example.com."),
    "undeliverable": _(
        "We cannot send e-mail to this address: before the @ there is a letter other than a to z. "
        "Give another address, or check each letter."
    ),
}
_MEANT = _(
    "Is the e-mail address {address} right? Did you mean {meant}? "
    "Correct it, or press the button again if it is right."
)


def read_email(typed: str) -> str:
    """Normalise an address for storage. Raises ValidationError."""
    try:
        return str(EmailAddress.parse(typed, smtputf8=settings.EMAIL_SMTPUTF8))
    except NotAnEmailAddress as fault:
        raise ValidationError(_ERRORS[fault.why]) from None


def email_typo_warning(stored: str) -> str | Promise:
    address = EmailAddress.of(stored)
    meant = suggest_domain(address.domain)
    if not meant:
        return ""
    return format_lazy(_MEANT, address=address.shown, meant=f"{address.local}@{meant}")


class EmailField(forms.CharField):
    """A field for one address; `warns_of_typos`: ask about a domain that is likely mistyped."""

    kind = "email"
    width = "full"

    def __init__(self, *, autocomplete: str, warns_of_typos: bool = False, **more: Any) -> None:
        messages = {
            **FIELD_ERROR_MESSAGES,
            "required": _("Type your e-mail address."),
            **more.pop("error_messages", {}),
        }
        super().__init__(
            **{"label": _("E-mail address"), "max_length": LONGEST_ADDRESS, **more}, error_messages=messages
        )
        self.autocomplete = autocomplete
        self.warns_of_typos = warns_of_typos

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return read_email(typed) if typed else ""

    def prepare_value(self, value: Any) -> Any:
        return shown_address(value) if isinstance(value, str) else value

    def typo_warning(self, value: str) -> str | Promise:
        return email_typo_warning(value) if self.warns_of_typos and value else ""
