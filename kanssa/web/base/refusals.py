"""Turn a refusal, or an HTTP error, into a page.

These pages do not use the database, so that they work without it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_NO_CSRF_COOKIE
from django.template.loader import select_template
from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal
from kanssa.web.base.body_timeout import BODY_TIMED_OUT
from kanssa.web.base.pages import render_page
from kanssa.web.base.retry_texts import retry_text
from kanssa.web.base.visitor import visitor_of

V = TypeVar("V", bound=Callable[..., HttpResponse])
_KEEPS_INPUT = "keeps_what_was_typed"


class NoSuchPage(Refusal):
    code = "no-such-page"
    reason = _("There is no page at this address.")
    status = 404


class MethodNotAllowed(Refusal):
    code = "method-not-allowed"
    reason = _("This page cannot be opened in this way.")
    status = 405


class RequestTooLarge(Refusal):
    code = "too-large"
    reason = _("Your answers are too long for this page. Shorten them.")
    status = 413


class WrongContentType(Refusal):
    code = "wrong-content-type"
    reason = _("This page accepts only forms.")
    status = 415


class BodyTimeout(Refusal):
    code = "sent-too-slowly"
    reason = _(
        "Your connection was too slow, and your answers on this page did not arrive. "
        "Everything you saved earlier is safe. Go back to the page and send it again."
    )
    status = 408


class BadRequest(Refusal):
    code = "not-understood"
    reason = _("The request could not be understood.")
    status = 400


class FormTokenExpired(Refusal):
    """The page was open too long, or the form came from another site."""

    code = "form-token-expired"
    reason = _("The page had been open too long. Open it again and repeat what you did.")
    status = 403


class OtherPersonServed(Refusal):
    """The page is older than the service now running in this browser: it may be another person's."""

    code = "another-served"
    reason = _("This page was opened before the current service. Another person may be served now.")
    status = 409


class CookiesBlocked(Refusal):
    """No cookie came back, so nothing can be kept between two pages."""

    code = "cookies-blocked"
    reason = _("Your browser did not keep this service’s cookies.")
    status = 403


class InternalError(Refusal):
    code = "something-broke"
    reason = _("Something went wrong on our side. Your saved answers are safe.")
    status = 500


class RefusalMiddleware:
    """Turn a refusal that a view raised, or a bare 405, into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Refuse by the length before anything parses the body.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_BODY_BYTES:
            return refusal_page(request, RequestTooLarge())
        # The server marks it, because only a middleware can answer with a page.
        if BODY_TIMED_OUT in request.META:
            return refusal_page(request, BodyTimeout())
        response = self.get_response(request)
        if response.status_code == MethodNotAllowed.status and not response.content:
            answer = refusal_page(request, MethodNotAllowed())
            answer["Allow"] = response["Allow"]
            return answer
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return refusal_page(request, RequestTooLarge())
        return None


def refusal_page(
    request: HttpRequest, refusal: Refusal, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    # The code is ours, never user input, so it is safe in a path.
    template = select_template([f"refusals/{refusal.code}.html", "refusals/refusal.html"], using="jinja2")
    name = template.template.name
    more = {"was_idle": visitor_of(request).was_idle, "retry_text": retry_text(refusal), **(more or {})}
    answer = render_page(request, name, {"refusal": refusal, **more}, status=refusal.status)
    if refusal.retry_after is not None:
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def keep_input_on_stale_token(view: V) -> V:
    """Mark a view that shows its form again, with the typed input, when the form token is stale.

    Such a view checks `has_stale_form_token` and then changes nothing.
    """
    setattr(view, _KEEPS_INPUT, True)
    return view


def has_stale_form_token(request: HttpRequest) -> bool:
    return getattr(request, "has_stale_form_token", False)


def form_token_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a refused form token (settings.CSRF_FAILURE_VIEW)."""
    # A request without any cookie means that the browser blocks them.
    if reason == REASON_NO_CSRF_COOKIE and not request.COOKIES:
        return refusal_page(request, CookiesBlocked())
    match = request.resolver_match
    is_ours = _is_from_our_page(request, reason)
    # Identifying the next person at the desk made the token stale: never show the previous person's input.
    if is_ours and visitor_of(request).served_by is not None:
        return refusal_page(request, OtherPersonServed())
    if match and hasattr(match.func, _KEEPS_INPUT) and is_ours:
        request.has_stale_form_token = True  # type: ignore[attr-defined]  # read above
        view: Any = match.func
        answer: HttpResponse = view(request, *match.args, **match.kwargs)
        return answer
    return refusal_page(request, FormTokenExpired())


def _is_from_our_page(request: HttpRequest, reason: str) -> bool:
    # Django has no reason codes, only format strings: compare the part before the gap.
    is_bad_origin = reason.startswith(REASON_BAD_ORIGIN.split("%", maxsplit=1)[0])
    return not is_bad_origin and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django's signature
    return refusal_page(request, NoSuchPage())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_large = isinstance(exception, RequestDataTooBig)
    return refusal_page(request, RequestTooLarge() if is_large else BadRequest())
