from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kanssa.values.role import Role
from kanssa.web.staff.base.visitor import for_staff, staff_visitor_of

P = ParamSpec("P")
SupervisorView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_supervisor(view: SupervisorView[P]) -> SupervisorView[P]:
    """Restrict a page to supervisors who have declared their own identity code."""

    @for_staff(Role.SUPERVISOR)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not staff_visitor_of(request).staff.has_declared_own_code:
            return redirect("desk:declare")
        return view(request, *args, **kwargs)

    return guarded
