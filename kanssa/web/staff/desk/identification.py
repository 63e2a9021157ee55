"""Identify a person at the desk, and serve them."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.accounts.applicant_account import status_of
from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    CodeOfAnother,
    NotIdentified,
    PersonKnown,
    RepresentativeOnApplication,
    SomethingChanged,
)
from kanssa.calendar.days import day_of
from kanssa.identification.document_checks import has_representative
from kanssa.identification.sessions import Identified
from kanssa.office.current import current_office
from kanssa.usecases.desk.casework.open_applicant import AdultAtDesk
from kanssa.usecases.desk.documents.identify_in_person import identify_in_person
from kanssa.usecases.desk.documents.record_identity_code import record_identity_code
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.usecases.identification.sign_out import sign_out
from kanssa.values.identity_document import DocumentProblem
from kanssa.values.mrz import MachineReadable
from kanssa.values.role import Role
from kanssa.web.base.visitor import Visitor, visitor_of
from kanssa.web.identify.after_sign_in import complete_sign_in
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.serving import leave_trace, served_person
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.case import adult_of, printed_address
from kanssa.web.staff.desk.document_form import DocumentForm, filled_in, read_zone
from kanssa.web.staff.desk.forms import HetuForm
from kanssa.web.staff.desk.labels import DOCUMENT_REFUSALS
from kanssa.web.staff.desk.reasons import reason_for

_OURS = ("fi", "sv", "en")
_LONGEST_PLACE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def identify(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    adult = adult_of(request, application_id, applicant_id, "identify")
    if request.method != "POST":
        return _document_page(request, DocumentForm(adult=adult), adult)
    form = DocumentForm(request.POST, adult=adult)
    # A zone is read first, whatever else was typed: readers end with Enter.
    if form.scanned:
        return _read_zone(request, form, adult)
    # The application may have changed after the clerk opened the page and compared the document with it.
    if request.POST.get("compared") != adult.compared:
        form.add_error(None, str(SomethingChanged.reason))
    if not form.is_valid():
        return _document_page(request, form, adult)
    return _identify(request, form, adult)


def _identify(request: HttpRequest, form: DocumentForm, adult: AdultAtDesk) -> HttpResponse:
    visitor = staff_visitor_of(request)
    try:
        done = identify_in_person(
            application_id=adult.application_id,
            applicant_id=adult.applicant_id,
            check=form.check(),
            # The place is a fact of the check; the desk may move later.
            desk=current_office().address["fi"][:_LONGEST_PLACE],
            acting=form.acting(),
            staff=visitor.staff,
            now=visitor.now,
        )
    except RepresentativeOnApplication as refusal:
        form.add_error("acting_name", str(refusal.reason))
        return _document_page(request, form, adult)
    if done.identified is None:
        return _refused_page(request, adult, done.fault)
    return serve(request, done.identified, adult.application_id)


@require_safe
@for_staff(Role.CLERK)
def serving(request: HttpRequest, application_id: UUID) -> HttpResponse:
    served = served_person(request)
    if served is None:
        return redirect("desk:case", application_id=application_id)
    _leave_trace(request)
    visitor = visitor_of(request)
    status = queries.status(application_id, identified=served, now=visitor.now)
    _applicant_id, facts = queries.own_details(application_id, identified=served, now=visitor.now)
    is_represented = has_representative(served.id)
    language = facts.get("contact_language")
    with override(language if language in _OURS else "fi"):
        urls = {
            "review": reverse("confirm:review", kwargs={"application_id": application_id}),
            "status": reverse("account:status", kwargs={"application_id": application_id}),
            "applications": reverse("account:applications"),
        }
    context = {
        "status": status,
        "served": served,
        "service": None,  # the bar would link to this very page
        "urls": urls,
        "username": status_of(served.person_id),
        "has_representative": is_represented,
        "can_add_code": served.hetu_lookup is None and not is_represented,
    }
    return render_staff_page(
        request, "staff/desk/serving.html", context, staff=staff_visitor_of(request).staff
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def slip(request: HttpRequest, application_id: UUID) -> HttpResponse:
    served = served_person(request)
    if served is None:
        return redirect("desk:case", application_id=application_id)
    visitor = staff_visitor_of(request)
    if request.method == "POST":
        code = issue_activation_code(served=served, staff=visitor.staff, now=visitor.now)
        # Kept for one showing after the redirect: reloading the page must not issue another.
        visitor_of(request).store_slip_code(code)
        return redirect("desk:slip", application_id=application_id)
    _leave_trace(request)
    # HEAD must not use up the code, which can be shown only once.
    shown = visitor_of(request).pop_slip_code() if request.method == "GET" else ""
    context = {"served": served, "application_id": application_id}
    if not shown:
        return render_staff_page(request, "staff/desk/slip_shown.html", context, staff=visitor.staff)
    _applicant_id, facts = queries.own_details(application_id, identified=served, now=visitor.now)
    language = facts.get("contact_language")
    # The slip is in the person's language; the link that follows it is in the clerk's.
    context |= {
        "code": shown,
        "address": printed_address(),
        "printed": {"url": reverse("desk:serving", args=(application_id,)), "label": _("It is printed")},
    }
    with override(language if language in _OURS else "fi"):
        return render_staff_page(request, "staff/desk/slip.html", context, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def code(request: HttpRequest, application_id: UUID) -> HttpResponse:
    served = served_person(request)
    if served is None or served.hetu_lookup is not None:
        return redirect("desk:case", application_id=application_id)
    _leave_trace(request)
    visitor = staff_visitor_of(request)
    form = HetuForm(request.POST if request.method == "POST" else None, today=day_of(visitor.now))
    if form.is_valid():
        try:
            record_identity_code(
                hetu=form.cleaned_data["hetu"],
                application_id=application_id,
                served=served,
                staff=visitor.staff,
                now=visitor.now,
            )
        except (CodeOfAnother, PersonKnown) as refusal:
            form.add_error("hetu", str(refusal.reason))
        else:
            return redirect("desk:serving", application_id=application_id)
    context = {"form": form, "served": served, "application_id": application_id}
    status = 422 if form.errors else 200
    return render_staff_page(request, "staff/desk/code.html", context, staff=visitor.staff, status=status)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    language = visitor.service[1] if visitor.service else get_language()
    if visitor.served_by is not None:
        _sign_out(visitor)
        visitor.clear_session()
    # The page may be in the served person's language.
    with override(language):
        response = redirect("staff:start")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def serve(request: HttpRequest, identified: Identified, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    _sign_out(visitor)  # end the previous customer's session first
    complete_sign_in(request, identified)
    visitor.begin_service(application_id, language=get_language() or settings.LANGUAGE_CODE)
    return redirect("desk:serving", application_id=application_id)


def _leave_trace(request: HttpRequest) -> None:
    if request.resolver_match:
        leave_trace(request, request.resolver_match)


def _sign_out(visitor: Visitor) -> None:
    try:
        identified = visitor.identified
    except NotIdentified:
        return
    sign_out(identified=identified, actor=identified.actor, now=visitor.now)


def _read_zone(request: HttpRequest, form: DocumentForm, adult: AdultAtDesk) -> HttpResponse:
    zone = read_zone(form.scanned, today=day_of(staff_visitor_of(request).now))
    if not isinstance(zone, MachineReadable):
        reread = DocumentForm(request.POST, adult=adult)
        # Nothing else was asked yet.
        reread.errors.clear()
        reread.add_error("zone", str(zone))
        return _document_page(request, reread, adult)
    filled = DocumentForm(initial=filled_in(request.POST, zone).dict(), adult=adult)
    return _document_page(request, filled, adult, zone=zone)


def _document_page(
    request: HttpRequest, form: DocumentForm, adult: AdultAtDesk, *, zone: MachineReadable | None = None
) -> HttpResponse:
    context = {"form": form, "adult": adult, "zone": zone, "agrees": zone and _agrees(zone, adult)}
    staff = staff_visitor_of(request).staff
    is_wrong = form.is_bound and bool(form.errors)
    return render_staff_page(
        request, "staff/desk/identify.html", context, staff=staff, status=422 if is_wrong else 200
    )


def _agrees(zone: MachineReadable, adult: AdultAtDesk) -> dict[str, bool]:
    # A proposal: the clerk answers each check anyway.
    return {"name": adult.as_name.is_on(zone.as_name), "born": zone.born == adult.born}


def _refused_page(request: HttpRequest, adult: AdultAtDesk, fault: DocumentProblem | None) -> HttpResponse:
    context = {"adult": adult, "fault": DOCUMENT_REFUSALS[fault] if fault else ""}
    return render_staff_page(
        request, "staff/desk/document_refused.html", context, staff=staff_visitor_of(request).staff
    )
