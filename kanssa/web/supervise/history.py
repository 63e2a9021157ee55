"""How an application came to stand as it does, and what a supervisor puts right of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.desk_cases import Reason
from kanssa.applications.refusals import ConfirmationEnded, NotAllowedNow, NotUnderstandable, OwnCheck
from kanssa.usecases.annul_confirmation import annul_confirmation
from kanssa.usecases.free_place import free_place
from kanssa.usecases.open_history import History, HistoryAdult, open_history
from kanssa.usecases.read_decisions import read_decisions
from kanssa.usecases.search_applications import search_applications
from kanssa.usecases.undo_departure import undo_departure
from kanssa.web.desk.words import STATES
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of
from kanssa.web.supervise import words
from kanssa.web.supervise.addresses import event_named_in
from kanssa.web.supervise.forms import FindForm, HistoryReasonForm, UndoForm, WrongConfirmationForm
from kanssa.web.supervise.guard import for_supervisor
from kanssa.web.typed_forms import Form

_NOT_ONE = _("No application has this reference.")


@require_safe
@for_supervisor
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided of people on applications, newest first. That it was read is recorded."""
    visitor = staff_visitor_of(request)
    page = read_decisions(before=event_named_in(request), **_by(request))
    return staff_page(request, "supervise/decided.html", {"page": page, "words": words}, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def find(request: HttpRequest) -> HttpResponse:
    """Open an application by its reference, for a reason."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        found = _found(request, form.cleaned_data["reference"], Reason(reason))
        if len(found) == 1:
            return _opened_for(request, found.pop(), reason)
        form.add_error("reference", str(_NOT_ONE))
    return _page(request, "supervise/find.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def why(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Say why an application is opened, before anything of it is shown."""
    form = HistoryReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _opened_for(request, application_id, form.cleaned_data["reason"])
    return _page(request, "supervise/find.html", form)


@require_safe
@for_supervisor
def history(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Who filled which place how, what lives of it, and what was decided. Each reading is recorded."""
    opened = _open(request, application_id)
    if opened is None:
        return redirect("supervise:why_history", application_id=application_id)
    return _page(request, "supervise/history.html", None, history=opened)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def annul(request: HttpRequest, application_id: UUID, confirmation_id: UUID) -> HttpResponse:
    """Annul one living confirmation."""

    def done(said: dict[str, Any], _adult: HistoryAdult) -> None:
        annul_confirmation(confirmation_id=confirmation_id, **said, **_by(request))

    return _putting_right(
        request,
        application_id,
        "supervise/annul_confirmation.html",
        WrongConfirmationForm,
        lambda adult: confirmation_id in {each.confirmation_id for each in adult.confirmations},
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def free(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Take a place from whom a clerk took for somebody else, with what they confirmed in it."""

    def done(said: dict[str, Any], _adult: HistoryAdult) -> None:
        free_place(application_id=application_id, applicant_id=applicant_id, **said, **_by(request))

    return _putting_right(
        request,
        application_id,
        "supervise/free.html",
        WrongConfirmationForm,
        lambda adult: adult.applicant_id == applicant_id and adult.is_by_decision,
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def undo(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Take back that somebody died or moved away."""

    def done(said: dict[str, Any], _adult: HistoryAdult) -> None:
        undo_departure(application_id=application_id, applicant_id=applicant_id, **said, **_by(request))

    return _putting_right(
        request,
        application_id,
        "supervise/undo.html",
        UndoForm,
        lambda adult: adult.applicant_id == applicant_id and adult.left_at is not None,
        done,
    )


def _putting_right(
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


def _found(request: HttpRequest, reference: str, reason: Reason) -> set[UUID]:
    try:
        people = search_applications(typed=reference, reason=reason, **_by(request))
    except NotUnderstandable:
        return set()
    return {each.application_id for each in people}


def _opened_for(request: HttpRequest, application_id: UUID, reason: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    open_history(application_id=application_id, reason=Reason(reason), **_by(request))
    visitor.hold_history(application_id, reason)
    return visitor.keep_in(redirect("supervise:history", application_id=application_id))


def _open(request: HttpRequest, application_id: UUID) -> History | None:
    reason = staff_visitor_of(request).histories.get(application_id)
    if reason is None:
        return None
    return open_history(application_id=application_id, reason=Reason(reason), **_by(request))


def _by(request: HttpRequest) -> dict[str, Any]:
    visitor = staff_visitor_of(request)
    return {"staff": visitor.staff, "actor": visitor.staff.actor, "now": visitor.now}


def _page(request: HttpRequest, template: str, form: Form | None, **context: object) -> HttpResponse:
    given = {"form": form, "words": words, "states": STATES, **context}
    staff = staff_visitor_of(request).staff
    return staff_page(request, template, given, staff=staff, status=422 if form and form.errors else 200)
