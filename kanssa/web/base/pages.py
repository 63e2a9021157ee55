"""Build a page from a template, with everything that the layout needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, override

from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.applications.reading.view_models import first_given_name
from kanssa.calendar.days import day_of
from kanssa.web.base.jinja import rendering
from kanssa.web.base.page_urls import page_url
from kanssa.web.base.visitor import Visitor, visitor_of


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Helpline:
    """The national helpline for people who fear violence at home."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Mark that this is no production service: where its mail can be read, and which day it is here."""

    mailbox_url: str
    today: date

    @property
    def clock_url(self) -> str:
        return f"{self.mailbox_url}/clock"


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    with rendering(request):
        html = render_to_string(template, {**_layout(request), **(context or {})}, request, using="jinja2")
    response = HttpResponse(html, status=status)
    # No browser or proxy may keep a page about a person.
    add_never_cache_headers(response)
    return response


def _layout(request: HttpRequest) -> dict[str, Any]:
    visitor = visitor_of(request)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "language": language,
        "languages": _languages(request, language),
        "is_identified": visitor.seems_identified,
        "identified_name": _known_name(visitor),
        # Only what this request has read: the layout makes no query of its own.
        "is_proven": _known_is_proven(visitor),
        "is_served": visitor.served_by is not None,
        "serving_url": serving_url(visitor),
        "staff": None,
        "exit_url": settings.EXIT_URL,
        "helpline": Helpline(settings.HELPLINE_NAME, settings.HELPLINE_PHONE),
        "rehearsal": _rehearsal(visitor),
    }


def serving_url(visitor: Visitor) -> str:
    if visitor.service is None:
        return ""
    application_id, language = visitor.service
    with override(language):
        return page_url("desk:serving", application_id=application_id)


def _rehearsal(visitor: Visitor) -> Rehearsal | None:
    url = settings.REHEARSAL_MAILBOX_URL
    return Rehearsal(url, day_of(visitor.now)) if url else None


def _languages(request: HttpRequest, current: str) -> list[LanguageChoice]:
    query = request.META.get("QUERY_STRING", "")
    return [
        LanguageChoice(code, name, _url_in_language(code, request, query), code == current)
        for code, name in settings.LANGUAGES
    ]


def _url_in_language(language: str, request: HttpRequest, query: str) -> str:
    match = request.resolver_match
    with override(language):
        if match is None:
            return page_url("public:front")
        if not match.namespaces:  # the return address of a broker
            return page_url("staff:sign_in" if match.view_name == "staff_return" else "identify:choose")
        url = page_url(match.view_name, **match.kwargs)
    return f"{url}?{query}" if query else url


def _known_name(visitor: Visitor) -> str:
    # Error pages use no database: only what this request has already read.
    identified = visitor.identified_if_read
    if identified is None or identified.is_strong:
        return identified.name if identified else ""
    # A password alone shows the first name only.
    is_cut = visitor.access_if_read is AccessLevel.PASSWORD_ONLY
    return first_given_name(identified.name) if is_cut else ""


def _known_is_proven(visitor: Visitor) -> bool:
    identified = visitor.identified_if_read
    return identified is not None and identified.is_strong
