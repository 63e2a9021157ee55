"""The one guard of staff pages: who is signed in, with which role, and who must have declared their code."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.accounts.staff_refusals import NotSignedIn
from kanssa.values.role import Role
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.staff.base.visitor import staff_visitor_of

P = ParamSpec("P")
StaffView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_staff(*roles: Role, shows_cases: bool = True) -> Callable[[StaffView[P]], StaffView[P]]:
    """Restrict a page to signed-in staff with one of the roles; any role when none is named.

    A visitor who is not signed in is redirected to the sign-in page; for staff with another role the page
    does not exist. A page that shows cases asks first for the member's own identity code: without it their
    own case cannot be detected.
    """

    def guarded(view: StaffView[P]) -> StaffView[P]:
        @wraps(view)
        def page_of_staff(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                staff = staff_visitor_of(request).staff
            except NotSignedIn:
                return redirect("staff:sign_in")
            # Not "forbidden": a page for other roles does not even reveal that it exists.
            if roles and staff.roles.isdisjoint(roles):
                raise NoSuchPage
            if shows_cases and not staff.has_declared_own_code:
                return redirect("desk:declare")
            return view(request, *args, **kwargs)

        return page_of_staff

    return guarded
