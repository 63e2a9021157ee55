"""Accept cookies, choose how to identify, go to the broker and come back."""

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
from kanssa.usecases.accounts.reauthenticate_by_identification import reauthenticate_by_identification
from kanssa.usecases.identification.begin_identification import begin_identification
from kanssa.usecases.identification.finish_identification import finish_identification
from kanssa.values.refusal import Refusal
from kanssa.web.base.client_address import client_network
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import CookiesBlocked
from kanssa.web.base.visitor import visitor_of
from kanssa.web.identify.after_sign_in import complete_sign_in, next_url
from kanssa.web.identify.fields import single_values


@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    # A press is no consent, because none is needed for strictly necessary cookies.
    visitor = visitor_of(request)
    if request.method == "POST":
        visitor.acknowledge_cookies()
        return redirect(reverse("identify:cookies") + "?accepted")
    # The cookie set by the redirect did not come back: the browser blocks cookies.
    if "accepted" in request.GET and not visitor.has_acknowledged_cookies:
        raise CookiesBlocked
    return render_page(
        request, "identify/cookies.html", {"are_acknowledged": visitor.has_acknowledged_cookies}
    )


@require_safe
def without_cookies(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "identify/without_cookies.html", {"office": office_details(visitor_of(request).now)}
    )


@dataclass(frozen=True, slots=True)
class MethodChoice:
    key: str
    label: str
    needs: Needs
    is_answering: bool


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if not visitor.has_acknowledged_cookies:
        return redirect("identify:cookies")
    language = get_language() or "fi"
    method_choices = [_method_choice(method, language) for method in registry.methods().values()]
    return render_page(
        request,
        "identify/choose.html",
        {"method_choices": method_choices, "office": office_details(visitor.now)},
    )


@require_POST
def begin(request: HttpRequest, method: str) -> HttpResponse:
    visitor = visitor_of(request)
    if not visitor.has_acknowledged_cookies:
        return redirect("identify:cookies")
    handover = begin_identification(
        method=method,
        address=client_network(request),
        browser=visitor.browser,
        # The configured address: the Host header comes from the client.
        return_url=settings.BASE_URL + reverse("return", kwargs={"method": method}),
        purpose=visitor.purpose,
        language=get_language() or "fi",
        now=visitor.now,
    )
    if handover.form is not None:
        return render_page(request, "identify/handover.html", {"handover": handover})
    return redirect(handover.url)


@require_safe
def return_from_broker(request: HttpRequest, method: str) -> HttpResponse:
    visitor = visitor_of(request)
    # Every outcome redirects away from this address: it stays in no history and cannot be reloaded.
    reply = single_values(request.GET)
    try:
        arrival = finish_identification(method=method, reply=reply, browser=visitor.browser, now=visitor.now)
    except Refusal as refusal:
        # The language of the attempt: a reply carries none of its own.
        activate(language_of(reply.get("state", "")) or get_language() or "fi")
        is_repeated = isinstance(refusal, IdentificationExpired | OtherBrowser)
        if is_repeated and visitor.seems_identified:  # Back, or a second press: they are identified already
            return redirect("confirm:choose")
        raise
    activate(arrival.language)
    # Before the new session starts: it needs the account that is signed in now.
    reauthenticate_by_identification(
        signed_in=visitor.identified_if_any,
        identified=arrival.identified,
        actor=arrival.identified.actor,
        now=visitor.now,
    )
    complete_sign_in(request, arrival.identified)
    return redirect(next_url(arrival.identified, arrival.purpose, visitor))


def _method_choice(method: IdentificationMethod, language: str) -> MethodChoice:
    return MethodChoice(method.key, method.label(language), method.needs, method.is_answering())
