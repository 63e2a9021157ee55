"""Identifying in person, and serving whoever was identified."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.accounts.account import standing_of
from kanssa.applications import queries
from kanssa.applications.desk import the_desk
from kanssa.applications.refusals import CodeOfAnother, NotIdentified, PersonKnown, SomethingChanged
from kanssa.applications.times import day_of
from kanssa.identification.desk_checks import somebody_acts
from kanssa.identification.living import Identified
from kanssa.usecases.identify_in_person import identify_in_person
from kanssa.usecases.issue_activation_code import issue_activation_code
from kanssa.usecases.open_adult import AdultAtDesk
from kanssa.usecases.record_code import record_code
from kanssa.usecases.sign_out import sign_out
from kanssa.values.identity_document import Fault
from kanssa.values.mrz import MachineReadable
from kanssa.web.desk.case import address_on_paper, adult_of
from kanssa.web.desk.document_form import DocumentForm, filled_in, read_zone
from kanssa.web.desk.forms import HetuForm
from kanssa.web.desk.guard import for_clerk, reason_for
from kanssa.web.desk.serving import leave_trace, whom_served
from kanssa.web.desk.words import FAULTS
from kanssa.web.identify.coming_in import come_in
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of
from kanssa.web.visitor import Visitor, visitor_of

_OURS = ("fi", "sv", "en")
_LONGEST_PLACE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def identify(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Check a document. A zone that was scanned is read first; then the clerk answers and sends."""
    if reason_for(request, application_id) is None:
        return redirect("desk:why", application_id=application_id)
    adult = adult_of(request, application_id, applicant_id, "identify")
    if request.method != "POST":
        return _document_page(request, DocumentForm(adult=adult), adult)
    form = DocumentForm(request.POST, adult=adult)
    if form.scanned:
        return _read_zone(request, form, adult)
    if request.POST.get("compared") != adult.compared:
        form.add_error(None, str(SomethingChanged.reason))
    if not form.is_valid():
        return _document_page(request, form, adult)
    visitor = staff_visitor_of(request)
    done = identify_in_person(
        application_id=application_id,
        applicant_id=applicant_id,
        check=form.check(),
        desk=the_desk().address["fi"][:_LONGEST_PLACE],
        acting=form.acting(),
        staff=visitor.staff,
        actor=visitor.staff.actor,
        now=visitor.now,
    )
    if done.identified is None:
        return _refused_page(request, adult, done.fault)
    return serve(request, done.identified, application_id)


@require_safe
@for_clerk
def serving(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """What can be done for the person who is here: identifying is one act, confirming another."""
    served = whom_served(request)
    if served is None:
        return redirect("desk:case", application_id=application_id)
    _leave_trace(request)
    visitor = visitor_of(request)
    status = queries.status(application_id, identified=served, now=visitor.now)
    _place, facts = queries.own_details(application_id, identified=served, now=visitor.now)
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
        "service": None,  # the page itself is what the bar would lead to
        "urls": urls,
        "username": standing_of(served.person_id),
        "somebody_acts": somebody_acts(served.id),
    }
    return staff_page(request, "desk/serving.html", context, staff=staff_visitor_of(request).staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def slip(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """An activation slip to print. Posting makes it; its page shows the code once, and then says so."""
    served = whom_served(request)
    if served is None:
        return redirect("desk:case", application_id=application_id)
    visitor = staff_visitor_of(request)
    if request.method == "POST":
        code = issue_activation_code(
            served=served, staff=visitor.staff, actor=visitor.staff.actor, now=visitor.now
        )
        visitor_of(request).hold_slip(code)
        return redirect("desk:slip", application_id=application_id)
    _leave_trace(request)
    shown = visitor_of(request).take_slip() if request.method == "GET" else ""
    context = {"served": served, "application_id": application_id}
    if not shown:
        return staff_page(request, "desk/slip_shown.html", context, staff=visitor.staff)
    _place, facts = queries.own_details(application_id, identified=served, now=visitor.now)
    language = facts.get("contact_language")
    # The slip is the person's; what leads on is the clerk's, in their own language.
    context |= {
        "code": shown,
        "address": address_on_paper(),
        "printed": {"url": reverse("desk:serving", args=(application_id,)), "label": _("It is printed")},
    }
    with override(language if language in _OURS else "fi"):
        return staff_page(request, "desk/slip.html", context, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def code(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Keep the identity code that the person who is here has got since."""
    served = whom_served(request)
    if served is None or served.hetu_lookup is not None:
        return redirect("desk:case", application_id=application_id)
    _leave_trace(request)
    visitor = staff_visitor_of(request)
    form = HetuForm(request.POST if request.method == "POST" else None, today=day_of(visitor.now))
    if form.is_valid():
        try:
            record_code(
                hetu=form.cleaned_data["hetu"],
                application_id=application_id,
                served=served,
                staff=visitor.staff,
                actor=visitor.staff.actor,
                now=visitor.now,
            )
        except (CodeOfAnother, PersonKnown) as refusal:
            form.add_error("hetu", str(refusal.reason))
        else:
            return redirect("desk:serving", application_id=application_id)
    context = {"form": form, "served": served, "application_id": application_id}
    status = 422 if form.errors else 200
    return staff_page(request, "desk/code.html", context, staff=visitor.staff, status=status)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the service: the person's identification ends, and this browser forgets them.

    The clerk ends it on the person's page too, and goes on in their own language.
    """
    visitor = visitor_of(request)
    language = visitor.service[1] if visitor.service else get_language()
    if visitor.served_by is not None:
        _sign_out(visitor)
        visitor.forget()
    with override(language):
        response = redirect("staff:start")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def serve(request: HttpRequest, identified: Identified, application_id: UUID) -> HttpResponse:
    """Let this browser serve whom the clerk has identified."""
    visitor = visitor_of(request)
    _sign_out(visitor)  # whoever was here before is here no more
    come_in(request, identified)
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
        again = DocumentForm(request.POST, adult=adult)
        again.errors.clear()
        again.add_error("zone", str(zone))
        return _document_page(request, again, adult)
    filled = DocumentForm(initial=filled_in(request.POST, zone).dict(), adult=adult)
    return _document_page(request, filled, adult, zone=zone)


def _document_page(
    request: HttpRequest, form: DocumentForm, adult: AdultAtDesk, *, zone: MachineReadable | None = None
) -> HttpResponse:
    context = {"form": form, "adult": adult, "zone": zone, "agrees": zone and _agrees(zone, adult)}
    staff = staff_visitor_of(request).staff
    is_wrong = form.is_bound and bool(form.errors)
    return staff_page(request, "desk/identify.html", context, staff=staff, status=422 if is_wrong else 200)


def _agrees(zone: MachineReadable, adult: AdultAtDesk) -> dict[str, bool]:
    """A proposal: whether the zone says the same as the application. The clerk answers all the same."""
    return {"name": adult.as_name.is_on(zone.as_name), "born": zone.born == adult.born}


def _refused_page(request: HttpRequest, adult: AdultAtDesk, fault: Fault | None) -> HttpResponse:
    context = {"adult": adult, "fault": FAULTS[fault] if fault else ""}
    return staff_page(request, "desk/refused.html", context, staff=staff_visitor_of(request).staff)
