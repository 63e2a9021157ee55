from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EmailText:
    """A message without its greeting: whole paragraphs, and one button."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str
    url: str


def log_in_email(subject: str, *paragraphs: str) -> EmailText:
    return EmailText(subject, paragraphs, _("Log in to the e-service"), page_url("account:sign_in"))


def page_url(name: str, **kwargs: Any) -> str:
    return settings.BASE_URL + reverse(name, kwargs=kwargs)
