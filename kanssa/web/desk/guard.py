"""Who comes to the desk's pages, and with which case."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.accounts.own_people import has_declared_self
from kanssa.applications.desk_cases import Reason
from kanssa.values.role import Role
from kanssa.web.staff.visitor import for_staff, staff_visitor_of

P = ParamSpec("P")
DeskView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_clerk(view: DeskView[P]) -> DeskView[P]:
    """Let only clerks see a page, and of those only who have told whose cases are not theirs."""

    @for_staff(Role.CLERK)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not has_declared_self(staff_visitor_of(request).staff):
            return redirect("desk:declare")
        return view(request, *args, **kwargs)

    return guarded


def reason_for(request: HttpRequest, application_id: UUID) -> Reason | None:
    """Why the clerk opened this case; None when they have not said."""
    reason = staff_visitor_of(request).cases.get(application_id)
    return Reason(reason) if reason else None
