"""Receive what a browser posts from a broker's site: it brings none of our cookies."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kanssa.identification.broker_sessions import AfterLogout
from kanssa.identification.refusals import ReplyRefused
from kanssa.identification.single_logout import LogoutMessage, logout_address
from kanssa.usecases.identification.receive_logout import receive_logout
from kanssa.usecases.identification.store_reply import store_reply
from kanssa.web.base.refusals import WrongContentType
from kanssa.web.base.visitor import visitor_of
from kanssa.web.identify import views
from kanssa.web.identify.fields import single_values

_LONGEST_STATE = 200
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_RETURN_PAGES = {"signed-out": "account:signed_out", "next-person": "identify:choose"}


class SeeOther(HttpResponseRedirect):
    """Continue with a GET, whatever the method was."""

    status_code = 303


@csrf_exempt
def return_from_broker(request: HttpRequest, method: str) -> HttpResponse:
    if request.method != "POST":
        return views.return_from_broker(request, method)
    fields = _posted(request)
    state = _state_in(fields)
    # Our cookie is Lax: it comes along with the GET that follows, not with this post, and only then is it
    # known whose reply it is. Storing a forged reply has no effect, so no form token is needed.
    store_reply(method=method, state=state, fields=fields, now=visitor_of(request).now)
    address = reverse("return", kwargs={"method": method})
    return SeeOther(f"{address}?{urlencode({'state': state})}")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest, method: str) -> HttpResponse:
    # The broker's signature is what counts: neither a cookie nor a form token is required.
    is_posted = request.method == "POST"
    message = LogoutMessage(
        fields=_posted(request) if is_posted else single_values(request.GET),
        query="" if is_posted else request.META.get("QUERY_STRING", ""),
        address=logout_address(settings.BASE_URL + reverse("return", kwargs={"method": method})),
    )
    where = receive_logout(method=method, message=message, now=visitor_of(request).now)
    return SeeOther(_address(where) if isinstance(where, AfterLogout) else where.url)


def _posted(request: HttpRequest) -> dict[str, str]:
    # Other types leave request.POST empty, which would look like a reply without fields.
    if request.content_type not in _FORMS:
        raise WrongContentType
    return single_values(request.POST)


def _state_in(fields: Mapping[str, str]) -> str:
    state = fields.get("RelayState") or fields.get("state", "")
    if not 0 < len(state) <= _LONGEST_STATE:
        raise ReplyRefused(why="state")
    return state


def _address(after_logout: AfterLogout) -> str:
    with override(after_logout.language):
        return reverse(_RETURN_PAGES[after_logout.place])
