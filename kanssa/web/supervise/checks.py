"""Checks at the desk: the lists, one of them, and what a supervisor decides of it."""

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
from kanssa.applications.desk_cases import Reason
from kanssa.applications.refusals import NotAllowedNow, ReasonNeeded
from kanssa.applications.times import end_of, start_of
from kanssa.identification.desk_checks import CheckList, Filters, Outcome, Place
from kanssa.usecases.annul_desk_check import annul_desk_check
from kanssa.usecases.decide_desk_check import decide_desk_check
from kanssa.usecases.open_desk_check import OpenCheck, open_desk_check
from kanssa.usecases.read_desk_checks import CheckPage, read_desk_checks
from kanssa.usecases.review_desk_check import review_desk_check
from kanssa.values.typed_text import one_line
from kanssa.web.desk.words import DIFFERENCES, FAULTS, KINDS, STATES
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of
from kanssa.web.supervise import words
from kanssa.web.supervise.forms import (
    AnnulForm,
    DocumentDecisionForm,
    FiltersForm,
    KeepForm,
    ReviewForm,
    WhyForm,
)
from kanssa.web.supervise.guard import for_supervisor
from kanssa.web.typed_forms import Form


@require_safe
@for_supervisor
def listing(request: HttpRequest, which: str) -> HttpResponse:
    """One list, a page at a time. That it was read is recorded, and of which applications."""
    if which not in words.LISTS:
        raise NoSuchPage
    visitor = staff_visitor_of(request)
    page = read_desk_checks(
        wanted=CheckList(which),
        filters=_filters(request),
        after=_after(request),
        staff=visitor.staff,
        actor=visitor.staff.actor,
        now=visitor.now,
    )
    form = FiltersForm(request.GET or None, desks=page.desks, clerks=page.clerks)
    context = {
        "title": words.LISTS[which],
        "which": which,
        "page": page,
        "form": form,
        "words": words,
        "faults": FAULTS,
        "following": _following(request, page),
    }
    status = 422 if form.errors else 200
    return staff_page(request, "supervise/checks.html", context, staff=visitor.staff, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """One check; it is reviewed here."""
    opened = _open(request, check_id)
    if opened is None:
        return redirect("supervise:why", check_id=check_id)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcome = form.cleaned_data["outcome"]
        review_desk_check(check_id=check_id, outcome=outcome, **_by(request))
        if outcome == "wrong":
            return redirect("supervise:annul", check_id=check_id)
        return redirect("supervise:checks", which=CheckList.REVIEW)
    return _page(request, "supervise/check.html", form, opened)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def why(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Say why a check is opened that nobody asked to be looked at."""
    visitor = staff_visitor_of(request)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        opened = open_desk_check(check_id=check_id, reason=Reason(reason), **_by(request))
        visitor.hold_check(opened.check_id, reason)
        return visitor.keep_in(redirect("supervise:check", check_id=check_id))
    status = 422 if form.errors else 200
    return staff_page(request, "supervise/why.html", {"form": form}, staff=visitor.staff, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def annul(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Annul an identification at the desk, and each confirmation that rests on it."""

    def done(form: Form, _opened: OpenCheck) -> None:
        annul_desk_check(check_id=check_id, **form.cleaned_data, **_by(request))

    return _decision(request, check_id, "supervise/annul.html", _annul_form, done)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def keep(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Let an identification stand that a clerk wished annulled."""

    def done(form: Form, _opened: OpenCheck) -> None:
        decide_desk_check(
            check_id=check_id,
            outcome=Outcome.KEPT,
            grounds="in-order",
            words=form.cleaned_data["words"],
            **_by(request),
        )

    return _decision(request, check_id, "supervise/keep.html", lambda data, _opened: KeepForm(data), done)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisor
def document(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Decide whether somebody without an acceptable document is identified all the same."""

    def done(form: Form, _opened: OpenCheck) -> None:
        said = form.cleaned_data
        decide_desk_check(
            check_id=check_id,
            outcome=Outcome(said["outcome"]),
            grounds=said["grounds"],
            words=said["words"],
            is_code_same={"yes": True, "no": False}.get(said.get("is_code_same", "")),
            **_by(request),
        )

    def asked(data: Any, opened: OpenCheck) -> Form:
        return DocumentDecisionForm(data, has_code=opened.has_code)

    return _decision(request, check_id, "supervise/document.html", asked, done)


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
            return redirect("supervise:checks", which=CheckList.TASKS)
    return _page(request, template, form, opened)


def _annul_form(data: Any, opened: OpenCheck) -> Form:
    return AnnulForm(data, initial={"grounds": opened.wish})


def _open(request: HttpRequest, check_id: UUID) -> OpenCheck | None:
    reason = staff_visitor_of(request).checks.get(check_id)
    try:
        return open_desk_check(check_id=check_id, reason=Reason(reason) if reason else None, **_by(request))
    except ReasonNeeded:
        return None


def _by(request: HttpRequest) -> dict[str, Any]:
    visitor = staff_visitor_of(request)
    return {"staff": visitor.staff, "actor": visitor.staff.actor, "now": visitor.now}


def _page(request: HttpRequest, template: str, form: Form, opened: OpenCheck) -> HttpResponse:
    context = {
        "form": form,
        "check": opened,
        "issuer": issuer_name(opened.issuer, get_language() or ""),
        "words": words,
        "kinds": KINDS,
        "differences": DIFFERENCES,
        "faults": FAULTS,
        "states": STATES,
    }
    staff = staff_visitor_of(request).staff
    return staff_page(request, template, context, staff=staff, status=422 if form.errors else 200)


def _filters(request: HttpRequest) -> Filters:
    """What the address asks for; what cannot be read there is told by the form."""
    form = FiltersForm(request.GET, desks=(), clerks={})
    form.is_valid()
    since, until = form.cleaned_data.get("since"), form.cleaned_data.get("until")
    return Filters(
        since=start_of(since) if since else None,
        until=end_of(until) if until and until < date.max else None,
        desk=one_line(request.GET.get("desk", "")),
        staff_id=_id_in(request.GET.get("clerk", "")),
    )


def _after(request: HttpRequest) -> Place | None:
    try:
        at = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        return None
    check_id = _id_in(request.GET.get("after", ""))
    return Place(at, check_id) if at and at.tzinfo and check_id else None


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
