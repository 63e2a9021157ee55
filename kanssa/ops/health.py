"""`/healthz` and `/readiness`, for the proxy in front and the process supervisor."""

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
    return _never_kept(HttpResponse("ok", content_type="text/plain"))


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Return 200 if the database accepts changes, else 503; `attention` lists problems for the operator.

    A silent worker is listed too, but does not make the pages unavailable: the status stays 200.
    """
    with time_limits.waiting_at_most(settings.READINESS_SECONDS):
        try:
            fault = database_problem()
            # Without the database nothing else can be asked.
            codes = [] if fault else service_problems(now=clock.now())
        except (DatabaseError, InterfaceError):
            connection.close()
            fault, codes = "database-away", []
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.OK
    answer = {"ready": not fault, "attention": [fault] if fault else codes}
    return _never_kept(JsonResponse(answer, status=status))


class HealthMiddleware:
    """Answers both addresses to this machine under any Host; to others they are ordinary pages."""

    _VIEWS = {"/healthz": healthz, "/readiness": readiness}  # noqa: RUF012 never changed

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Before any middleware checks the Host.
        view = self._VIEWS.get(request.path_info)
        # Others must pass the Host check, like for every page.
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
