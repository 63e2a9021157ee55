"""Prepare a person for the desk visit: what to bring, where, when, and the code to say there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kanssa.applications.reading.visits import Visit, visit_of
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.visit_code import VisitCode
from kanssa.web.base.visitor import visitor_of


@require_safe
def visit(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    return _page(request, visit_of(application_id, identified=visitor.identified, now=visitor.now))


@require_safe
def visit_of_sent_application(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    return _page(request, visit_of(visitor.application_id, identified=None, now=visitor.now))


def _page(request: HttpRequest, ready: Visit) -> HttpResponse:
    context = {
        "visit": ready,
        "code": VisitCode(ready.code),
        "office": office_details(visitor_of(request).now),
    }
    return render_page(request, "account/visit.html", context)
