"""Find an application, state a reason and open its case; declare conflicts of interest."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.refusals import ReasonNeeded, TooManySearches
from kanssa.applications.search.refusals import NotUnderstandable, ZoneUnsound
from kanssa.calendar.days import day_of
from kanssa.usecases.desk.casework.open_case import open_case
from kanssa.usecases.desk.casework.search_applications import SearchHit, search_applications
from kanssa.usecases.desk.serving.declare_conflict_of_interest import declare_conflict_of_interest
from kanssa.values.role import Role
from kanssa.values.typed_text import one_line
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import StaffVisitor, staff_visitor_of
from kanssa.web.staff.desk.forms import HetuForm, ReasonForm, SearchForm
from kanssa.web.staff.desk.labels import STATES, zone_error_text

_LONGEST_KEPT = 250  # longer than a valid search, so that the page can refuse it


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def search(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if request.method == "POST":
        typed_search = {
            name: one_line(request.POST.get(name, ""))[:_LONGEST_KEPT] for name in ("typed", "reason")
        }
        # Kept sealed, so that no URL holds it; each showing searches again and is recorded.
        visitor.store_search(**typed_search)
        return visitor.save_to(redirect("desk:search"))
    # An old search is gone: results must not reappear on an unattended desk.
    if visitor.search is None:
        return redirect("staff:start")
    form = SearchForm(visitor.search)
    people: list[SearchHit] | None = None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            people = search_applications(
                typed=form.cleaned_data["typed"],
                reason=AccessReason(reason) if reason else None,
                staff=visitor.staff,
                now=visitor.now,
            )
        except ZoneUnsound as refusal:
            form.add_error("typed", f"{refusal.reason} {zone_error_text(refusal.fault)}")
        except NotUnderstandable as refusal:
            form.add_error("typed", str(refusal.reason))
        except TooManySearches as refusal:
            form.add_error("typed", refusal_text(refusal))
        except ReasonNeeded as refusal:
            form.add_error("reason", str(refusal.reason))
    context = {
        "form": form,
        "people": people,
        "are_similar": any(each.is_similar for each in people or ()),
        "reason": form.cleaned_data.get("reason") or AccessReason.VISIT,
        "states": STATES,
    }
    status = 422 if form.errors else 200
    return render_staff_page(request, "staff/desk/search.html", context, staff=visitor.staff, status=status)


@require_POST
@for_staff(Role.CLERK)
def open_found(request: HttpRequest, application_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return redirect("desk:why", application_id=application_id)
    return _open(staff_visitor_of(request), application_id, form.cleaned_data["reason"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def why(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = staff_visitor_of(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _open(visitor, application_id, form.cleaned_data["reason"])
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/desk/reason.html", {"form": form}, staff=visitor.staff, status=status
    )


@require_POST
@for_staff(Role.CLERK)
def close(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = staff_visitor_of(request)
    visitor.close_case(application_id)
    return visitor.save_to(redirect("staff:start"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK, Role.SUPERVISOR, shows_cases=False)
def declare(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    has_self = visitor.staff.has_declared_own_code
    today = day_of(visitor.now)
    form = HetuForm(request.POST if request.method == "POST" else None, today=today)
    if form.is_valid():
        declare_conflict_of_interest(
            hetu=form.cleaned_data["hetu"],
            relation="relative" if has_self else "self",
            staff=visitor.staff,
            now=visitor.now,
        )
        return redirect("desk:declare")
    context = {"form": form, "has_self": has_self}
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/desk/conflicts_of_interest.html", context, staff=visitor.staff, status=status
    )


def _open(visitor: StaffVisitor, application_id: UUID, reason: str) -> HttpResponse:
    open_case(
        application_id=application_id,
        reason=AccessReason(reason),
        staff=visitor.staff,
        now=visitor.now,
    )
    # After the reading was allowed and recorded.
    visitor.store_case(application_id, reason)
    return visitor.save_to(redirect("desk:case", application_id=application_id))
