"""Serving: whom a clerk has identified uses the applicants' pages in the clerk's browser."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.accounts.refusals import NotSignedIn
from kanssa.accounts.staff import StaffMember
from kanssa.web.staff.visitor import staff_visitor_of
from kanssa.web.visitor import visitor_of

_OF_STAFF = ("staff", "desk")
_OF_NOBODY = ("public", "")


class ServingMiddleware:
    """Lets a served person's session open nothing without the clerk who serves them.

    Their cookie alone is worth nothing, nor is it when the clerk's sign-in ended or another clerk
    came. Each page also keeps the clerk's sign-in from ending for want of use.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Stop before the page where the clerk is missing."""
        served_by = visitor_of(request).served_by
        match = request.resolver_match
        space = match.namespace if match else ""
        if served_by is None or space in _OF_STAFF + _OF_NOBODY:
            return None
        serves = _signed_in(request)
        if serves is not None and serves.user_id == served_by:
            return None
        return redirect("staff:sign_in")


def _signed_in(request: HttpRequest) -> StaffMember | None:
    try:
        return staff_visitor_of(request).staff
    except NotSignedIn:
        return None
