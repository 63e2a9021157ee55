from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanssa.accounts.staff import LOCAL, StaffAccount
from kanssa.applications.casework.cases import references_of
from kanssa.identification import sign_ons
from kanssa.usecases.staff.list_staff import list_staff
from kanssa.values.role import Role
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page, role_names
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.forms import SearchForm
from kanssa.web.staff.desk.labels import LISTS
from kanssa.web.staff.supervision.labels import LISTS as CHECK_LISTS

_MAY_SEE_PEOPLE = (Role.SUPERVISOR, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class StaffRow:
    account: StaffAccount
    roles: list[Promise]
    way: str
    is_local: bool


@require_safe
@for_staff(shows_cases=False)
def start(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    staff = visitor.staff
    context = {
        "is_clerk": Role.CLERK in staff.roles,
        "is_supervisor": Role.SUPERVISOR in staff.roles,
        "check_lists": CHECK_LISTS,
        "form": SearchForm(),
        "cases": references_of(visitor.cases),
        "lists": LISTS,
        "roles": role_names(staff.roles),
        "way": _way(staff.way),
        "may_see_people": not staff.roles.isdisjoint(_MAY_SEE_PEOPLE),
    }
    return render_staff_page(request, "staff/start.html", context, staff=staff)


@require_safe
@for_staff(*_MAY_SEE_PEOPLE, shows_cases=False)
def people(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    accounts = list_staff(actor=visitor.staff.actor, now=visitor.now)
    rows = [StaffRow(each, role_names(each.roles), _way(each.way), each.way == LOCAL) for each in accounts]
    context = {
        "rows": rows,
        "may_change": Role.SUPERVISOR in visitor.staff.roles,
        "own": visitor.staff.user_id,
    }
    return render_staff_page(request, "staff/people.html", context, staff=visitor.staff)


def _way(way: str) -> str:
    if way == LOCAL:
        return _("Password and code")
    known = sign_ons.sign_ons().get(way)
    return known.label(get_language() or "fi") if known else way
