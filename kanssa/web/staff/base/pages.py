from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.accounts.staff import StaffMember
from kanssa.values.role import Role
from kanssa.web.base.pages import render_page, serving_url
from kanssa.web.base.visitor import visitor_of
from kanssa.web.staff.base.serving import served_person

ROLES: Mapping[Role, Promise] = {
    Role.CLERK: _("Customer service clerk"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.OPERATOR: _("Operator"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """The person the clerk is serving, and where to continue."""

    name: str
    url: str


def render_staff_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    staff: StaffMember | None = None,
    status: int = 200,
) -> HttpResponse:
    # Of applicants the page shows only the person served.
    given = {
        "service": _service(request) if staff else None,
        **(context or {}),
        "staff": staff,
        "is_identified": False,
        "is_served": False,
        "identified_name": "",
    }
    return render_page(request, template, given, status=status)


def _service(request: HttpRequest) -> Service | None:
    served = served_person(request)
    return Service(served.name, serving_url(visitor_of(request))) if served else None


def role_names(roles: frozenset[Role]) -> list[Promise]:
    return [name for role, name in ROLES.items() if role in roles]
