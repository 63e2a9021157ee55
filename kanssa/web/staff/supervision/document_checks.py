"""List document checks, show one, and let a supervisor decide about it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.answers.issuers import issuer_name
from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.refusals import NotAllowedNow, ReasonNeeded
from kanssa.calendar.days import end_of, start_of
from kanssa.identification.document_checks import CheckCursor, CheckFilters, CheckOutcome, CheckQueue
from kanssa.usecases.supervision.annul_desk_check import annul_desk_check
from kanssa.usecases.supervision.decide_desk_check import decide_desk_check
from kanssa.usecases.supervision.list_desk_checks import CheckPage, list_desk_checks
from kanssa.usecases.supervision.open_desk_check import OpenCheck, open_desk_check
from kanssa.usecases.supervision.review_desk_check import review_desk_check
from kanssa.values.role import Role
from kanssa.values.typed_text import one_line
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.form.base_form import Form
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.labels import DIFFERENCES, DOCUMENT_REFUSALS, KINDS, STATES
from kanssa.web.staff.supervision import labels
from kanssa.web.staff.supervision.forms import (
    AnnulForm,
    CheckReasonForm,
    DocumentDecisionForm,
    FiltersForm,
    KeepForm,
    ReviewForm,
)


@require_safe
@for_staff(Role.SUPERVISOR)
def listing(request: HttpRequest, which: str) -> HttpResponse:
    if which not in labels.LISTS:
        raise NoSuchPage
    visitor = staff_visitor_of(request)
    page = list_desk_checks(
        wanted=CheckQueue(which),
        filters=_filters(request),
        after=_after(request),
        staff=visitor.staff,
        now=visitor.now,
    )
    form = FiltersForm(request.GET or None, desks=page.desks, clerks=page.clerks)
    context = {
        "title": labels.LISTS[which],
        "which": which,
        "page": page,
        "form": form,
        "words": labels,
        "faults": DOCUMENT_REFUSALS,
        "following": _following(request, page),
    }
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/supervision/checks.html", context, staff=visitor.staff, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    opened = _open(request, check_id)
    if opened is None:
        return redirect("supervise:why", check_id=check_id)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcome = form.cleaned_data["outcome"]
        review_desk_check(check_id=check_id, outcome=outcome, **_staff_context(request))
        if outcome == "wrong":
            # A wrong identification is annulled next; the review alone ends nothing.
            return redirect("supervise:annul", check_id=check_id)
        return redirect("supervise:checks", which=CheckQueue.REVIEW)
    return _page(request, "staff/supervision/check.html", form, opened)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def why(request: HttpRequest, check_id: UUID) -> HttpResponse:
    visitor = staff_visitor_of(request)
    form = CheckReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        opened = open_desk_check(check_id=check_id, reason=AccessReason(reason), **_staff_context(request))
        visitor.store_check(opened.check_id, reason)
        return visitor.save_to(redirect("supervise:check", check_id=check_id))
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/supervision/reason.html", {"form": form}, staff=visitor.staff, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def annul(request: HttpRequest, check_id: UUID) -> HttpResponse:
    def done(form: Form, _opened: OpenCheck) -> None:
        annul_desk_check(check_id=check_id, **form.cleaned_data, **_staff_context(request))

    return _decision(request, check_id, "staff/supervision/annul_identification.html", _annul_form, done)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def keep(request: HttpRequest, check_id: UUID) -> HttpResponse:
    def done(form: Form, _opened: OpenCheck) -> None:
        decide_desk_check(
            check_id=check_id,
            outcome=CheckOutcome.KEPT,
            grounds="in-order",
            words=form.cleaned_data["words"],
            **_staff_context(request),
        )

    return _decision(
        request,
        check_id,
        "staff/supervision/keep_identification.html",
        lambda data, _opened: KeepForm(data),
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def document(request: HttpRequest, check_id: UUID) -> HttpResponse:
    def done(form: Form, _opened: OpenCheck) -> None:
        cleaned = form.cleaned_data
        decide_desk_check(
            check_id=check_id,
            outcome=CheckOutcome(cleaned["outcome"]),
            grounds=cleaned["grounds"],
            words=cleaned["words"],
            is_code_same={"yes": True, "no": False}.get(cleaned.get("is_code_same", "")),
            **_staff_context(request),
        )

    def decision_form(data: Any, opened: OpenCheck) -> Form:
        return DocumentDecisionForm(data, has_code=opened.has_code)

    return _decision(request, check_id, "staff/supervision/document_decision.html", decision_form, done)


def _decision(
    request: HttpRequest,
    check_id: UUID,
    template: str,
    make_form: Callable[[Any, OpenCheck], Form],
    done: Callable[[Form, OpenCheck], None],
) -> HttpResponse:
    opened = _open(request, check_id)
    if opened is None:
        return redirect("supervise:why", check_id=check_id)
    form = make_form(request.POST if request.method == "POST" else None, opened)
    if form.is_valid():
        try:
            done(form, opened)
        except NotAllowedNow as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("supervise:checks", which=CheckQueue.TASKS)
    return _page(request, template, form, opened)


def _annul_form(data: Any, opened: OpenCheck) -> Form:
    return AnnulForm(data, initial={"grounds": opened.wish})


def _open(request: HttpRequest, check_id: UUID) -> OpenCheck | None:
    reason = staff_visitor_of(request).checks.get(check_id)
    try:
        return open_desk_check(
            check_id=check_id, reason=AccessReason(reason) if reason else None, **_staff_context(request)
        )
    except ReasonNeeded:
        return None


def _staff_context(request: HttpRequest) -> dict[str, Any]:
    visitor = staff_visitor_of(request)
    return {"staff": visitor.staff, "now": visitor.now}


def _page(request: HttpRequest, template: str, form: Form, opened: OpenCheck) -> HttpResponse:
    context = {
        "form": form,
        "check": opened,
        "issuer": issuer_name(opened.issuer, get_language() or ""),
        "words": labels,
        "kinds": KINDS,
        "differences": DIFFERENCES,
        "faults": DOCUMENT_REFUSALS,
        "states": STATES,
    }
    staff = staff_visitor_of(request).staff
    return render_staff_page(request, template, context, staff=staff, status=422 if form.errors else 200)


def _filters(request: HttpRequest) -> CheckFilters:
    # Only the dates are read from this form; the choices are not known before the list is read.
    form = FiltersForm(request.GET, desks=(), clerks={})
    form.is_valid()
    since, until = form.cleaned_data.get("since"), form.cleaned_data.get("until")
    return CheckFilters(
        since=start_of(since) if since else None,
        # The day after the last one does not exist.
        until=end_of(until) if until and until < date.max else None,
        desk=one_line(request.GET.get("desk", "")),
        staff_id=_id_in(request.GET.get("clerk", "")),
    )


def _after(request: HttpRequest) -> CheckCursor | None:
    try:
        at = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        return None
    check_id = _id_in(request.GET.get("after", ""))
    return CheckCursor(at, check_id) if at and at.tzinfo and check_id else None


def _following(request: HttpRequest, page: CheckPage) -> str:
    if page.following is None:
        return ""
    kept = {name: request.GET[name] for name in ("since", "until", "desk", "clerk") if request.GET.get(name)}
    kept |= {"at": page.following.at.isoformat(), "after": str(page.following.check_id)}
    return f"{request.path}?{urlencode(kept)}"


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
