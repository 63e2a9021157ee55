"""Ask a supervisor about a person without an acceptable document, and identify them by the decision."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kanssa.usecases.desk.documents.identify_by_decision import identify_by_decision
from kanssa.usecases.desk.documents.request_decision import request_decision
from kanssa.values.role import Role
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.identification import serve
from kanssa.web.staff.desk.reasons import reason_for


@require_POST
@for_staff(Role.CLERK)
def ask(request: HttpRequest, application_id: UUID, check_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    staff, now = staff_visitor_of(request).staff, staff_visitor_of(request).now
    ids = {"application_id": application_id, "check_id": check_id}
    request_decision(**ids, staff=staff, now=now)
    return redirect("desk:case", application_id=application_id)


@require_POST
@for_staff(Role.CLERK)
def identify(request: HttpRequest, application_id: UUID, check_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    staff, now = staff_visitor_of(request).staff, staff_visitor_of(request).now
    ids = {"application_id": application_id, "check_id": check_id}
    identified = identify_by_decision(**ids, staff=staff, now=now)
    return serve(request, identified, application_id)
