"""Cookies, choosing how to identify, going to the broker and coming back."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import activate, get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.identification import registry
from kanssa.identification.attempts import language_of
from kanssa.identification.protocol import IdentificationMethod, Needs
from kanssa.identification.refusals import (
    IdentificationExpired,
    OtherBrowser,
)
from kanssa.usecases.begin_identification import begin_identification
from kanssa.usecases.finish_identification import finish_identification
from kanssa.usecases.prove_by_identifying import prove_by_identifying
from kanssa.web.address import network_of
from kanssa.web.contact import desk_for
from kanssa.web.identify.coming_in import come_in, onwards
from kanssa.web.identify.fields import single
from kanssa.web.pages import page
from kanssa.web.refusals import CookiesBlocked
from kanssa.web.visitor import visitor_of


@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """Explain the cookies and have them accepted; without them nothing can be confirmed.

    The answer to accepting leads back here, and then the cookie must have come along.
    """
    visitor = visitor_of(request)
    if request.method == "POST":
        visitor.accept_cookies()
        return redirect(reverse("identify:cookies") + "?accepted")
    if "accepted" in request.GET and not visitor.accepts_cookies:
        raise CookiesBlocked
    return page(request, "identify/cookies.html", {"are_accepted": visitor.accepts_cookies})


@require_safe
def without_cookies(request: HttpRequest) -> HttpResponse:
    """What cannot work without cookies, and the desk."""
    return page(request, "identify/without_cookies.html", {"desk": desk_for(visitor_of(request).now)})


@dataclass(frozen=True, slots=True)
class Way:
    """One way to identify, as the page to choose shows it."""

    key: str
    label: str
    needs: Needs
    is_answering: bool


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Choose the way: each broker that is configured, the desk beside them."""
    visitor = visitor_of(request)
    if not visitor.accepts_cookies:
        return redirect("identify:cookies")
    language = get_language() or "fi"
    ways = [_way(method, language) for method in registry.methods().values()]
    return page(request, "identify/choose.html", {"ways": ways, "desk": desk_for(visitor.now)})


@require_POST
def begin(request: HttpRequest, method: str) -> HttpResponse:
    """Go to the broker."""
    visitor = visitor_of(request)
    if not visitor.accepts_cookies:
        return redirect("identify:cookies")
    handover = begin_identification(
        method=method,
        address=network_of(request),
        browser=visitor.browser,
        return_url=settings.BASE_URL + reverse("return", kwargs={"method": method}),
        purpose=visitor.purpose,
        language=get_language() or "fi",
        now=visitor.now,
    )
    if handover.form is not None:
        return page(request, "identify/handover.html", {"handover": handover})
    return redirect(handover.url)


@require_safe
def come_back(request: HttpRequest, method: str) -> HttpResponse:
    """Come back from the broker, in the language in which the person left.

    The address of the reply is left at once: it stays in no history and cannot be loaded again.
    """
    visitor = visitor_of(request)
    reply = single(request.GET)
    activate(language_of(reply.get("state", "")) or get_language() or "fi")
    try:
        arrival = finish_identification(method=method, reply=reply, browser=visitor.browser, now=visitor.now)
    except (IdentificationExpired, OtherBrowser):
        if visitor.seems_identified:  # Back, or a second press: they are identified already
            return redirect("confirm:choose")
        raise
    prove_by_identifying(
        signed_in=visitor.identified_if_any,
        identified=arrival.identified,
        actor=arrival.identified.actor,
        now=visitor.now,
    )
    come_in(request, arrival.identified)
    return redirect(onwards(arrival.identified, arrival.purpose, visitor))


def _way(method: IdentificationMethod, language: str) -> Way:
    return Way(method.key, method.label(language), method.needs, method.is_answering())
