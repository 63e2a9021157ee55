"""Open the contacts of a person with a non-disclosure order for a reason, or record the order."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.content.form import PERSON
from kanssa.applications.refusals import NotPresent
from kanssa.usecases.desk.serving.open_protected_contacts import ProtectedContacts, open_protected_contacts
from kanssa.usecases.desk.serving.record_non_disclosure import record_non_disclosure
from kanssa.values.role import Role
from kanssa.web.form.display import rows
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.serving import served_person
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.case import adult_of
from kanssa.web.staff.desk.forms import ProtectionForm, ReasonForm
from kanssa.web.staff.desk.reasons import reason_for


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def contacts(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    opened: ProtectedContacts | None = None
    if form.is_valid():
        opened = open_protected_contacts(
            application_id=application_id,
            applicant_id=applicant_id,
            reason=AccessReason(form.cleaned_data["reason"]),
            staff=visitor.staff,
            now=visitor.now,
        )
    answers = rows(PERSON, opened.facts) if opened else []
    context = {"form": form, "opened": opened, "rows": answers, "application_id": application_id}
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/desk/protected_contacts.html", context, staff=visitor.staff, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def protect(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ProtectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            record_non_disclosure(
                application_id=application_id,
                applicant_id=applicant_id,
                is_protected=form.cleaned_data["is_protected"] == "yes",
                because=form.cleaned_data["because"],
                served=served_person(request),
                staff=visitor.staff,
                now=visitor.now,
            )
        except NotPresent as refusal:
            form.add_error("is_protected", str(refusal.reason))
        else:
            return redirect("desk:case", application_id=application_id)
    adult = adult_of(request, application_id, applicant_id, "protect")
    context = {"form": form, "adult": adult}
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/desk/non_disclosure.html", context, staff=visitor.staff, status=status
    )
