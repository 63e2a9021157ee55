"""What brokers have a browser post from their site: it brings none of our cookies."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kanssa.identification.logins import Afterwards
from kanssa.identification.logout import LogoutMessage, logout_address
from kanssa.identification.refusals import ReplyRefused
from kanssa.usecases.hear_logout import hear_logout
from kanssa.usecases.park_reply import park_reply
from kanssa.web.identify import views
from kanssa.web.identify.fields import single
from kanssa.web.refusals import WrongContentType
from kanssa.web.visitor import visitor_of

_LONGEST_STATE = 200
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_PLACES = {"signed-out": "account:signed_out", "next-person": "identify:choose"}


class SeeOther(HttpResponseRedirect):
    """Go on with a GET, whatever this was."""

    status_code = 303


@csrf_exempt
def come_back(request: HttpRequest, method: str) -> HttpResponse:
    """Come back from the broker by a link, or by a form that its page posts.

    What is posted is put aside, and the browser asked to come again: our cookie is Lax, so it
    comes along with that GET and not with the post, and only then is it known whose reply it is.
    No form token is asked: putting aside does nothing for whoever forges it.
    """
    if request.method != "POST":
        return views.come_back(request, method)
    fields = _posted(request)
    state = _state_in(fields)
    park_reply(method=method, state=state, fields=fields, now=visitor_of(request).now)
    address = reverse("return", kwargs={"method": method})
    return SeeOther(f"{address}?{urlencode({'state': state})}")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest, method: str) -> HttpResponse:
    """Hear from the broker that a log-in has ended, or that it ended what we asked it to.

    The broker's signature is what counts: neither a cookie nor a form token is asked.
    """
    is_posted = request.method == "POST"
    message = LogoutMessage(
        fields=_posted(request) if is_posted else single(request.GET),
        query="" if is_posted else request.META.get("QUERY_STRING", ""),
        address=logout_address(settings.BASE_URL + reverse("return", kwargs={"method": method})),
    )
    where = hear_logout(method=method, message=message, now=visitor_of(request).now)
    return SeeOther(_address(where) if isinstance(where, Afterwards) else where.url)


def _posted(request: HttpRequest) -> dict[str, str]:
    if request.content_type not in _FORMS:
        raise WrongContentType
    return single(request.POST)


def _state_in(fields: Mapping[str, str]) -> str:
    state = fields.get("RelayState") or fields.get("state", "")
    if not 0 < len(state) <= _LONGEST_STATE:
        raise ReplyRefused(why="state")
    return state


def _address(afterwards: Afterwards) -> str:
    with override(afterwards.language):
        return reverse(_PLACES[afterwards.place])
