from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.applications.casework.cases import AccessReason
from kanssa.values.role import Role
from kanssa.web.staff.base.visitor import for_staff, staff_visitor_of

P = ParamSpec("P")
ClerkView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_clerk(view: ClerkView[P]) -> ClerkView[P]:
    """Restrict a page to clerks who have declared their own identity code."""

    @for_staff(Role.CLERK)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not staff_visitor_of(request).staff.has_declared_own_code:
            return redirect("desk:declare")
        return view(request, *args, **kwargs)

    return guarded


def reason_for(request: HttpRequest, application_id: UUID) -> AccessReason | None:
    """Return why the clerk opened this case; None when no reason was given."""
    reason = staff_visitor_of(request).cases.get(application_id)
    return AccessReason(reason) if reason else None
