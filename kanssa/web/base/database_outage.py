"""Answer while the database is unavailable, with pages that do not need it."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

from django.core import signing
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

from kanssa.database import time_limits
from kanssa.database.base import DatabaseWrapper
from kanssa.database.commit_outcome import CommitOutcomeUnknown
from kanssa.database.errors import is_connection_lost, is_database_unavailable
from kanssa.values.refusal import Refusal
from kanssa.vault import seal_json
from kanssa.web.base.refusals import InternalError, refusal_page

SECONDS_TO_RETRY = 30
BOUND_TO = "outcome"
_SEE_OTHER = 303
_SAFE_METHODS = ("GET", "HEAD")
_CODE = "code"
_PASSWORD = "password"  # noqa: S105 a part of fields' names


class DatabaseUnavailable(Refusal):
    code = "database-away"
    reason = _("The service is not available right now")
    status = 503


class AbsenceMiddleware:
    """Limit how long a request waits for the database, and answer when it is unavailable.

    A page that only reads is read once more, on another connection, when its own connection broke.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limits = time_limits.limits()
        with time_limits.waiting_at_most(limits.request if limits else None):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        # A retry is safe only if the request committed nothing.
        before = _commits()
        response = self.get_response(request)
        if not _should_retry_read(request, commits=_commits() - before):
            return response
        return self.get_response(WSGIRequest(cast("WSGIRequest", request).environ))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return outage_response(request, exception)


def outage_response(request: HttpRequest, fault: BaseException | None) -> HttpResponse | None:
    """Return the page for an error caused by the database's absence; None for any other error."""
    if fault is None or not is_database_unavailable(fault):
        return None
    # Drop the broken connection, so that the next request opens a new one.
    connection.close()
    # A reading can simply be repeated; a change may be stored already.
    if isinstance(fault, CommitOutcomeUnknown) and request.method not in _SAFE_METHODS:
        return _redirect_to_outcome(request, fault)
    request.has_lost_connection = is_connection_lost(fault)  # type: ignore[attr-defined]  # read above
    return outage_page(request)


def server_error(request: HttpRequest) -> HttpResponse:
    return outage_response(request, sys.exc_info()[1]) or refusal_page(request, InternalError())


def outage_page(request: HttpRequest) -> HttpResponse:
    context = {
        "is_reading": request.method in _SAFE_METHODS,
        "here": request.get_full_path(),
        "resubmitted_fields": _resubmitted_fields(request),
    }
    response = refusal_page(request, DatabaseUnavailable(), context)
    response["Retry-After"] = str(SECONDS_TO_RETRY)
    return response


def _commits() -> int:
    return cast("DatabaseWrapper", cast("Any", connection)).commits


def _should_retry_read(request: HttpRequest, *, commits: int) -> bool:
    has_lost = getattr(request, "has_lost_connection", False)
    return has_lost and request.method in _SAFE_METHODS and commits == 0


def _redirect_to_outcome(request: HttpRequest, doubt: CommitOutcomeUnknown) -> HttpResponse:
    held = {
        "backend": doubt.backend,
        "mark": [doubt.mark.event_id, doubt.mark.at.isoformat(), doubt.mark.kind] if doubt.mark else None,
        "back": _page_before(request),
    }
    # Sealed: the address tells nothing of the transaction.
    token = signing.b64_encode(seal_json(held, bound_to=BOUND_TO)).decode()
    return HttpResponseRedirect(reverse("public:outcome", kwargs={"token": token}), status=_SEE_OTHER)


def _page_before(request: HttpRequest) -> str:
    # Resolve the path, so that the header cannot redirect to another site.
    path = urlsplit(request.headers.get("Referer", "")).path
    with suppress(Resolver404):
        resolve(path)
        return path
    # The browser may not say where it came from.
    return reverse("public:front")


def _resubmitted_fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return the form's fields for sending them again; None where they must not appear on a page."""
    # A password or a code must not be written into a page.
    if request.method in _SAFE_METHODS or any(name == _CODE or _PASSWORD in name for name in request.POST):
        return None
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, str(value)) for name, value in pairs if name != "csrfmiddlewaretoken"]
