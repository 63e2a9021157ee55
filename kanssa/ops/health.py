"""For the proxy in front, and for whatever restarts processes: `/healthz` and `/readiness`."""

import ipaddress
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from kanssa import clock
from kanssa.database import time_limits
from kanssa.ops.service_status import database_problem, service_problems


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Answer that the process runs; it asks no database."""
    return _never_kept(HttpResponse("ok", content_type="text/plain"))


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """200 when the database takes changes, 503 when not; `service_problems` names what an operator must see.

    A silent worker is no reason to take the pages away: it is named, and the status stays 200.
    """
    with time_limits.waiting_at_most(settings.READINESS_SECONDS):
        try:
            fault = database_problem()
            codes = [] if fault else service_problems(now=clock.now())
        except (DatabaseError, InterfaceError):
            connection.close()
            fault, codes = "database-away", []
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.OK
    answer = {"ready": not fault, "attention": [fault] if fault else codes}
    return _never_kept(JsonResponse(answer, status=status))


class HealthMiddleware:
    """Answers both to the machine itself under any Host; to others like every page."""

    _VIEWS = {"/healthz": healthz, "/readiness": readiness}  # noqa: RUF012 never changed

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer before anything looks at the Host."""
        view = self._VIEWS.get(request.path_info)
        if view is None or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        return view(request)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _never_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
