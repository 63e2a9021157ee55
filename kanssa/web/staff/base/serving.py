"""Let a person identified by a clerk use the applicants' pages in the clerk's browser."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch

from kanssa.accounts.staff import StaffMember
from kanssa.accounts.staff_refusals import ConflictingInterest, NotSignedIn
from kanssa.identification.sessions import Identified
from kanssa.usecases.desk.serving.record_served_page import record_served_page
from kanssa.web.base.visitor import visitor_of
from kanssa.web.staff.base.visitor import staff_visitor_of

_OF_STAFF = ("staff", "desk")
_OPEN_TO_EVERYONE = ("public", "")


class ServingMiddleware:
    """Close a served person's session without the clerk who serves them.

    Their cookie alone opens nothing, nor does it when the clerk's sign-in ended or another clerk signed in.
    Each page also keeps the clerk's sign-in from timing out, and is recorded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        served_by = visitor_of(request).served_by
        match = request.resolver_match
        space = match.namespace if match else ""
        # Staff pages have their own gate, and public pages show nothing personal.
        if served_by is None or space in _OF_STAFF + _OPEN_TO_EVERYONE:
            return None
        # The clerk may have signed out, or a colleague may have signed in.
        serves = _signed_in(request)
        if match and serves is not None and serves.user_id == served_by:
            try:
                leave_trace(request, match)
            except ConflictingInterest:  # the case page shows the refusal
                return redirect("desk:case", application_id=match.kwargs["application_id"])
            return None
        return redirect("staff:sign_in")


def leave_trace(request: HttpRequest, match: ResolverMatch) -> None:
    visitor = staff_visitor_of(request)
    record_served_page(
        page=match.view_name,
        application_id=match.kwargs.get("application_id"),
        staff=visitor.staff,
        now=visitor.now,
    )


def served_person(request: HttpRequest) -> Identified | None:
    """Return the person this clerk serves in this browser; None if another clerk serves them."""
    visitor = visitor_of(request)
    if visitor.served_by is None or visitor.served_by != staff_visitor_of(request).staff.user_id:
        return None
    identified = visitor.identified_if_any
    return identified if identified and identified.by_staff == visitor.served_by else None


def _signed_in(request: HttpRequest) -> StaffMember | None:
    try:
        return staff_visitor_of(request).staff
    except NotSignedIn:
        return None
