"""People under a non-disclosure order: a clerk opens their contacts for a reason, or records the order."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.applications.desk_cases import Reason
from kanssa.applications.form import PERSON
from kanssa.applications.refusals import NotPresent
from kanssa.usecases.open_protected import ProtectedContacts, open_protected
from kanssa.usecases.protect_person import protect_person
from kanssa.web.desk.case import adult_of
from kanssa.web.desk.forms import ProtectionForm, ReasonForm
from kanssa.web.desk.guard import for_clerk, reason_for
from kanssa.web.desk.serving import whom_served
from kanssa.web.shown import rows
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def contacts(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Open a protected person's contacts: on this page alone, once for each stated reason."""
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    opened: ProtectedContacts | None = None
    if form.is_valid():
        opened = open_protected(
            application_id=application_id,
            applicant_id=applicant_id,
            reason=Reason(form.cleaned_data["reason"]),
            staff=visitor.staff,
            actor=visitor.staff.actor,
            now=visitor.now,
        )
    answers = rows(PERSON, opened.facts) if opened else []
    context = {"form": form, "opened": opened, "rows": answers, "application_id": application_id}
    status = 422 if form.errors else 200
    return staff_page(request, "desk/contacts.html", context, staff=visitor.staff, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def protect(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Record that a person has a non-disclosure order, or that it has ended."""
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ProtectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            protect_person(
                application_id=application_id,
                applicant_id=applicant_id,
                is_protected=form.cleaned_data["is_protected"] == "yes",
                because=form.cleaned_data["because"],
                served=whom_served(request),
                staff=visitor.staff,
                actor=visitor.staff.actor,
                now=visitor.now,
            )
        except NotPresent as refusal:
            form.add_error("is_protected", str(refusal.reason))
        else:
            return redirect("desk:case", application_id=application_id)
    adult = adult_of(request, application_id, applicant_id, "protect")
    context = {"form": form, "adult": adult}
    status = 422 if form.errors else 200
    return staff_page(request, "desk/protect.html", context, staff=visitor.staff, status=status)
