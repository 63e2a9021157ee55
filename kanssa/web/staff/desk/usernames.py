"""End an activation slip or close a username, after a slip was lost or a mailbox stolen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.applications.refusals import NothingToEnd
from kanssa.usecases.desk.serving.close_account import close_account
from kanssa.values.role import Role
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.case import adult_of
from kanssa.web.staff.desk.forms import UsernameForm
from kanssa.web.staff.desk.reasons import reason_for


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def username(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = UsernameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            close_account(
                application_id=application_id,
                applicant_id=applicant_id,
                what=form.cleaned_data["what"],
                because=form.cleaned_data["because"],
                staff=visitor.staff,
                now=visitor.now,
            )
        except NothingToEnd as refusal:
            form.add_error("what", str(refusal.reason))
        else:
            return redirect("desk:case", application_id=application_id)
    context = {"form": form, "adult": adult_of(request, application_id, applicant_id, "username")}
    status = 422 if form.errors else 200
    return render_staff_page(request, "staff/desk/username.html", context, staff=visitor.staff, status=status)
