from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kanssa.calendar.formats import day

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


def day_text(stored: str | None) -> str:
    """Write a day of a payload for people; empty where there is none."""
    return day(date.fromisoformat(stored)) if stored else ""


def page_url(name: str, **kwargs: Any) -> str:
    return settings.BASE_URL + reverse(name, kwargs=kwargs)
