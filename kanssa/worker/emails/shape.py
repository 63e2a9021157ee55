"""What a letter is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

Says = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A letter without its greeting: whole paragraphs, and one thing to press."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str
    url: str


def to_log_in(subject: str, *paragraphs: str) -> Words:
    """A letter that leads to the e-service."""
    return Words(subject, paragraphs, _("Log in to the e-service"), address_of("account:sign_in"))


def address_of(name: str, **kwargs: Any) -> str:
    """The whole address of a page, in the language that is active."""
    return settings.BASE_URL + reverse(name, kwargs=kwargs)
