from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.accounts.conflicts_of_interest import has_declared_own_code
from kanssa.applications.casework.cases import AccessReason
from kanssa.values.role import Role
from kanssa.web.staff.base.visitor import for_staff, staff_visitor_of

P = ParamSpec("P")
ClerkView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_clerk(view: ClerkView[P]) -> ClerkView[P]:
    @for_staff(Role.CLERK)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not has_declared_own_code(staff_visitor_of(request).staff):
            return redirect("desk:declare")
        return view(request, *args, **kwargs)

    return guarded


def reason_for(request: HttpRequest, application_id: UUID) -> AccessReason | None:
    reason = staff_visitor_of(request).cases.get(application_id)
    return AccessReason(reason) if reason else None
