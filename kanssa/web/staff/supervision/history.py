"""Show the history of an application, and let a supervisor correct it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.refusals import ConfirmationEnded, NotAllowedNow, OwnCheck
from kanssa.applications.search.refusals import NotUnderstandable
from kanssa.applications.states import State
from kanssa.usecases.desk.casework.search_applications import search_applications
from kanssa.usecases.supervision.annul_confirmation import annul_confirmation
from kanssa.usecases.supervision.list_decisions import list_decisions
from kanssa.usecases.supervision.open_history import History, HistoryAdult, open_history
from kanssa.usecases.supervision.release_applicant import release_applicant
from kanssa.usecases.supervision.undo_departure import undo_departure
from kanssa.usecases.supervision.undo_lapse import undo_lapse as undo_lapse_of_application
from kanssa.values.role import Role
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.form.base_form import Form
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.labels import STATES
from kanssa.web.staff.supervision import labels
from kanssa.web.staff.supervision.forms import (
    FindForm,
    HistoryReasonForm,
    UndoForm,
    UndoLapseForm,
    WrongConfirmationForm,
)
from kanssa.web.staff.supervision.paging import before_event

_UNKNOWN_REFERENCE = _("No application has this reference.")


@require_safe
@for_staff(Role.SUPERVISOR)
def decided(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    page = list_decisions(before=before_event(request), **_staff_context(request))
    return render_staff_page(
        request, "staff/supervision/decisions.html", {"page": page, "words": labels}, staff=visitor.staff
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def find(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        found = _found(request, form.cleaned_data["reference"], AccessReason(reason))
        if len(found) == 1:
            return _open_for_reason(request, found.pop(), reason)
        form.add_error("reference", str(_UNKNOWN_REFERENCE))
    return _page(request, "staff/supervision/find.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def why(request: HttpRequest, application_id: UUID) -> HttpResponse:
    form = HistoryReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _open_for_reason(request, application_id, form.cleaned_data["reason"])
    return _page(request, "staff/supervision/find.html", form)


@require_safe
@for_staff(Role.SUPERVISOR)
def history(request: HttpRequest, application_id: UUID) -> HttpResponse:
    opened = _open(request, application_id)
    if opened is None:
        return redirect("supervise:why_history", application_id=application_id)
    return _page(request, "staff/supervision/history.html", None, history=opened)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def annul(request: HttpRequest, application_id: UUID, confirmation_id: UUID) -> HttpResponse:
    def done(facts: dict[str, Any], _adult: HistoryAdult) -> None:
        annul_confirmation(confirmation_id=confirmation_id, **facts, **_staff_context(request))

    return _correction(
        request,
        application_id,
        "staff/supervision/annul_confirmation.html",
        WrongConfirmationForm,
        lambda adult: confirmation_id in {each.confirmation_id for each in adult.confirmations},
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def free(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    def done(facts: dict[str, Any], _adult: HistoryAdult) -> None:
        release_applicant(
            application_id=application_id, applicant_id=applicant_id, **facts, **_staff_context(request)
        )

    return _correction(
        request,
        application_id,
        "staff/supervision/release_applicant.html",
        WrongConfirmationForm,
        lambda adult: adult.applicant_id == applicant_id and adult.is_by_decision,
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def undo(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    def done(facts: dict[str, Any], _adult: HistoryAdult) -> None:
        undo_departure(
            application_id=application_id, applicant_id=applicant_id, **facts, **_staff_context(request)
        )

    return _correction(
        request,
        application_id,
        "staff/supervision/undo_departure.html",
        UndoForm,
        lambda adult: adult.applicant_id == applicant_id and adult.left_at is not None,
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def undo_lapse(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Let an application that lapsed through our fault wait for confirmations again."""
    opened = _open(request, application_id)
    if opened is None:
        return redirect("supervise:why_history", application_id=application_id)
    if opened.state is not State.LAPSED:
        raise NoSuchPage
    form = UndoLapseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        undo_lapse_of_application(
            application_id=application_id, **form.cleaned_data, **_staff_context(request)
        )
        return redirect("supervise:history", application_id=application_id)
    return _page(request, "staff/supervision/undo_lapse.html", form, history=opened)


def _correction(
    request: HttpRequest,
    application_id: UUID,
    template: str,
    make_form: Callable[[Any], Form],
    is_meant: Callable[[HistoryAdult], bool],
    done: Callable[[dict[str, Any], HistoryAdult], None],
) -> HttpResponse:
    opened = _open(request, application_id)
    if opened is None:
        return redirect("supervise:why_history", application_id=application_id)
    adult = next(filter(is_meant, opened.adults), None)
    if adult is None:
        raise NoSuchPage
    form = make_form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            done(form.cleaned_data, adult)
        except (ConfirmationEnded, NotAllowedNow, OwnCheck) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("supervise:history", application_id=application_id)
    return _page(request, template, form, history=opened, adult=adult)


def _found(request: HttpRequest, reference: str, reason: AccessReason) -> set[UUID]:
    try:
        people = search_applications(typed=reference, reason=reason, **_staff_context(request))
    except NotUnderstandable:
        return set()
    return {each.application_id for each in people}


def _open_for_reason(request: HttpRequest, application_id: UUID, reason: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    open_history(application_id=application_id, reason=AccessReason(reason), **_staff_context(request))
    visitor.store_history(application_id, reason)
    return visitor.save_to(redirect("supervise:history", application_id=application_id))


def _open(request: HttpRequest, application_id: UUID) -> History | None:
    reason = staff_visitor_of(request).histories.get(application_id)
    if reason is None:
        return None
    return open_history(application_id=application_id, reason=AccessReason(reason), **_staff_context(request))


def _staff_context(request: HttpRequest) -> dict[str, Any]:
    visitor = staff_visitor_of(request)
    return {"staff": visitor.staff, "now": visitor.now}


def _page(request: HttpRequest, template: str, form: Form | None, **context: object) -> HttpResponse:
    given = {"form": form, "words": labels, "states": STATES, **context}
    staff = staff_visitor_of(request).staff
    return render_staff_page(
        request, template, given, staff=staff, status=422 if form and form.errors else 200
    )
