from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.applications.refusals import NotAllowedNow, NotExtendable
from kanssa.usecases.desk.casework.extend_confirmation_time import extend_confirmation_time
from kanssa.usecases.desk.casework.open_applicant import AdultAtDesk, open_applicant
from kanssa.usecases.desk.casework.open_case import Case, open_case
from kanssa.usecases.desk.casework.resend_invitation_from_desk import resend_invitation_from_desk
from kanssa.usecases.desk.casework.retry_address_from_desk import retry_address_from_desk
from kanssa.usecases.desk.documents.request_annulment import request_annulment
from kanssa.usecases.desk.serving.record_contact import record_contact
from kanssa.usecases.desk.serving.record_departure import record_departure
from kanssa.values.role import Role
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.form.base_form import Form
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk import labels
from kanssa.web.staff.desk.forms import AnnulmentForm, ContactForm, DepartureForm, ExtensionForm
from kanssa.web.staff.desk.reasons import reason_for


@require_safe
@for_staff(Role.CLERK)
def case(request: HttpRequest, application_id: UUID) -> HttpResponse:
    reason = reason_for(request, application_id)
    if reason is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    context = {"case": _case(request, application_id), "words": labels}
    return render_staff_page(request, "staff/desk/case.html", context, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def contact(request: HttpRequest, application_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record_contact(
            application_id=application_id,
            staff=visitor.staff,
            now=visitor.now,
            **form.cleaned_data,
        )
        return redirect("desk:case", application_id=application_id)
    return _form_page(request, "staff/desk/contact.html", form, case=_case(request, application_id))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def departure(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = DepartureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record_departure(
            application_id=application_id,
            applicant_id=applicant_id,
            **form.cleaned_data,
            staff=visitor.staff,
            now=visitor.now,
        )
        return redirect("desk:case", application_id=application_id)
    adult = adult_of(request, application_id, applicant_id, "departure")
    return _form_page(request, "staff/desk/departure.html", form, adult=adult)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def extension(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Extend the time to confirm, with a reason."""
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            extend_confirmation_time(
                application_id=application_id,
                **form.cleaned_data,
                staff=visitor.staff,
                now=visitor.now,
            )
        except (NotExtendable, NotAllowedNow) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("desk:case", application_id=application_id)
    return _form_page(request, "staff/desk/extension.html", form, case=_case(request, application_id))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def annulment(request: HttpRequest, application_id: UUID, check_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    opened = _case(request, application_id)
    # Only checks of the opened case: its reason does not open others.
    if check_id not in {each.check_id for each in opened.checks if not each.refused_because}:
        raise NoSuchPage
    form = AnnulmentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        request_annulment(
            check_id=check_id,
            **form.cleaned_data,
            staff=visitor.staff,
            now=visitor.now,
        )
        return redirect("desk:case", application_id=application_id)
    return _form_page(request, "staff/desk/annulment.html", form, case=opened)


@require_POST
@for_staff(Role.CLERK)
def resend(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    return _send_to_adult(request, application_id, applicant_id, by=resend_invitation_from_desk)


@require_POST
@for_staff(Role.CLERK)
def try_address(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    return _send_to_adult(request, application_id, applicant_id, by=retry_address_from_desk)


def printed_address() -> str:
    return settings.BASE_URL.removeprefix("https://")


def adult_of(request: HttpRequest, application_id: UUID, applicant_id: UUID, purpose: str) -> AdultAtDesk:
    visitor = staff_visitor_of(request)
    return open_applicant(
        application_id=application_id,
        applicant_id=applicant_id,
        purpose=purpose,
        reason=reason_for(request, application_id),
        staff=visitor.staff,
        now=visitor.now,
    )


def _send_to_adult(
    request: HttpRequest, application_id: UUID, applicant_id: UUID, *, by: Callable[..., object]
) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    visitor = staff_visitor_of(request)
    by(
        application_id=application_id,
        applicant_id=applicant_id,
        staff=visitor.staff,
        now=visitor.now,
    )
    return redirect("desk:case", application_id=application_id)


def _case(request: HttpRequest, application_id: UUID) -> Case:
    visitor = staff_visitor_of(request)
    return open_case(
        application_id=application_id,
        reason=reason_for(request, application_id),
        staff=visitor.staff,
        now=visitor.now,
    )


def _form_page(request: HttpRequest, template: str, form: Form, **context: object) -> HttpResponse:
    given = {"form": form, **context}
    staff = staff_visitor_of(request).staff
    return render_staff_page(request, template, given, staff=staff, status=422 if form.errors else 200)
