"""Print letters for adults without e-mail."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from kanssa.calendar.days import day_of
from kanssa.values.role import Role
from kanssa.web.base.office_details import office_details
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.base.visit_code import VisitCode
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.case import adult_of, printed_address
from kanssa.web.staff.desk.reasons import reason_for

_OURS = ("fi", "sv", "en")


@require_safe
@for_staff(Role.CLERK)
def letter(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    adult = adult_of(request, application_id, applicant_id, "letter")
    if adult.letter is None:
        raise NoSuchPage
    back = {"url": reverse("desk:case", args=(application_id,)), "label": _("To the application")}
    with override(adult.language if adult.language in _OURS else "fi"):
        context = {
            "adult": adult,
            "code": VisitCode(adult.visit_code),
            "desk": replace(office_details(visitor.now), hours_today=""),  # the letter is read on another day
            "today": day_of(visitor.now),
            "address": printed_address(),
            "back": back,  # in the clerk's language; the letter is in the recipient's
        }
        return render_staff_page(request, "staff/desk/printed_letter.html", context, staff=visitor.staff)
