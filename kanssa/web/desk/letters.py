"""Letters to print, for adults without e-mail."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from kanssa.applications.times import day_of
from kanssa.web.contact import desk_for
from kanssa.web.desk.case import address_on_paper, adult_of
from kanssa.web.desk.guard import for_clerk, reason_for
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of
from kanssa.web.visit_code import VisitCode

_OURS = ("fi", "sv", "en")


@require_safe
@for_clerk
def letter(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """A letter to print for somebody without e-mail, in their language and for what they can do."""
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
            "desk": replace(desk_for(visitor.now), hours_today=""),  # it is read on another day
            "today": day_of(visitor.now),
            "address": address_on_paper(),
            "back": back,  # the letter is the person's, this is the clerk's
        }
        return staff_page(request, "desk/letter.html", context, staff=visitor.staff)
