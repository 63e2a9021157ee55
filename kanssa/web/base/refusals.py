"""From a refusal, or an error of the web, to a page: in one place.

These pages ask no database, so that they work without it.
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
    """The address leads nowhere."""

    code = "no-such-page"
    reason = _("There is no page at this address.")
    status = 404


class MethodNotAllowed(Refusal):
    """The page does not take what the browser did."""

    code = "method-not-allowed"
    reason = _("This page cannot be opened in this way.")
    status = 405


class RequestTooLarge(Refusal):
    """More was sent than any form of ours asks for."""

    code = "too-large"
    reason = _("More was sent than this page can take. Shorten your answers.")
    status = 413


class WrongContentType(Refusal):
    """What was posted is no form."""

    code = "wrong-content-type"
    reason = _("This page only takes what a form sends.")
    status = 415


class BodyTimeout(Refusal):
    """The rest of a form did not come in time."""

    code = "sent-too-slowly"
    reason = _(
        "Your connection was too slow, and your answers on this page did not arrive. What you had saved "
        "before is safe. Go back to the page and send it again."
    )
    status = 408


class BadRequest(Refusal):
    """The request is not a sound one."""

    code = "not-understood"
    reason = _("The request could not be understood.")
    status = 400


class FormTokenExpired(Refusal):
    """The page had been open too long, or the form came from somewhere else."""

    code = "form-token-expired"
    reason = _("The page had been open too long. Open it again and repeat what you did.")
    status = 403


class OtherPersonServed(Refusal):
    """The page is of before the service that goes on in this browser: it may be another person's."""

    code = "another-served"
    reason = _("This page is from before the present service: another person may be served now.")
    status = 409


class CookiesBlocked(Refusal):
    """No cookie came back, so nothing can be kept between two pages."""

    code = "cookies-blocked"
    reason = _("Your browser did not keep this service’s cookies.")
    status = 403


class InternalError(Refusal):
    """A fault of ours."""

    code = "something-broke"
    reason = _("Something broke on our side. What you had saved is safe.")
    status = 500


class RefusalMiddleware:
    """Turns a refusal that a view let through into its page, and a bare 405 into one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; Django's own 405 has an empty body, and it counts no files."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_BODY_BYTES:
            return refusal_page(request, RequestTooLarge())
        if BODY_TIMED_OUT in request.META:
            return refusal_page(request, BodyTimeout())
        response = self.get_response(request)
        if response.status_code == MethodNotAllowed.status and not response.content:
            answer = refusal_page(request, MethodNotAllowed())
            answer["Allow"] = response["Allow"]
            return answer
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else is a bug and goes on."""
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return refusal_page(request, RequestTooLarge())
        return None


def refusal_page(
    request: HttpRequest, refusal: Refusal, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Show a refusal: the page of its code if there is one, else the plain one."""
    template = select_template([f"refusals/{refusal.code}.html", "refusals/refusal.html"], using="jinja2")
    name = template.template.name
    more = {"was_idle": visitor_of(request).was_idle, "retry_text": retry_text(refusal), **(more or {})}
    answer = render_page(request, name, {"refusal": refusal, **more}, status=refusal.status)
    if refusal.retry_after is not None:
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def keep_input_on_stale_token(view: V) -> V:
    """Mark a view that shows its form again, with what was typed, when the form token is stale.

    Such a view asks `has_stale_form_token` and then changes nothing.
    """
    setattr(view, _KEEPS_INPUT, True)
    return view


def has_stale_form_token(request: HttpRequest) -> bool:
    """Whether this request's form token was refused: show what was typed, change nothing."""
    return getattr(request, "has_stale_form_token", False)


def form_token_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a refused form token (settings.CSRF_FAILURE_VIEW).

    From our own page (the browser says so) the form is shown again with what was typed; from
    elsewhere nothing is shown. Without any cookie the browser does not keep them. At the desk
    identifying the next person made the token stale: nothing of the one before is shown again.
    """
    if reason == REASON_NO_CSRF_COOKIE and not request.COOKIES:
        return refusal_page(request, CookiesBlocked())
    match = request.resolver_match
    is_ours = _is_from_our_page(request, reason)
    if is_ours and visitor_of(request).served_by is not None:
        return refusal_page(request, OtherPersonServed())
    if match and hasattr(match.func, _KEEPS_INPUT) and is_ours:
        request.has_stale_form_token = True  # type: ignore[attr-defined]  # read above
        view: Any = match.func
        answer: HttpResponse = view(request, *match.args, **match.kwargs)
        return answer
    return refusal_page(request, FormTokenExpired())


def _is_from_our_page(request: HttpRequest, reason: str) -> bool:
    is_bad_origin = reason.startswith(REASON_BAD_ORIGIN.split("%", maxsplit=1)[0])
    return not is_bad_origin and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Answer an unknown address."""
    return refusal_page(request, NoSuchPage())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is not sound, or too large."""
    is_large = isinstance(exception, RequestDataTooBig)
    return refusal_page(request, RequestTooLarge() if is_large else BadRequest())
