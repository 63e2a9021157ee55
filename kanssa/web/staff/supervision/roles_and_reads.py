"""Change staff roles, and list reads of people with a non-disclosure order."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.accounts.staff import StaffAccount
from kanssa.accounts.staff_refusals import NotOnOwnAccount, RolesComeFromSignOn
from kanssa.usecases.staff.change_roles import change_roles
from kanssa.usecases.staff.list_staff import list_staff
from kanssa.usecases.supervision.list_protected_reads import list_protected_reads
from kanssa.values.role import Role
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.supervision import labels
from kanssa.web.staff.supervision.forms import RolesForm
from kanssa.web.staff.supervision.paging import before_event


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR, shows_cases=False)
def roles(request: HttpRequest, user_id: UUID) -> HttpResponse:
    visitor = staff_visitor_of(request)
    staff = visitor.staff
    member = _account(request, user_id)
    form = RolesForm(
        request.POST if request.method == "POST" else None, initial={"roles": list(member.roles)}
    )
    if form.is_valid():
        given = [Role(each) for each in form.cleaned_data["roles"]]
        try:
            change_roles(user_id=user_id, roles=given, staff=staff, now=visitor.now)
        except (NotOnOwnAccount, RolesComeFromSignOn) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("staff:people")
    status = 422 if form.errors else 200
    return render_staff_page(
        request, "staff/supervision/roles.html", {"form": form, "member": member}, staff=staff, status=status
    )


@require_safe
@for_staff(Role.SUPERVISOR, shows_cases=False)
def protected(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    page = list_protected_reads(
        before=before_event(request),
        staff=visitor.staff,
        now=visitor.now,
    )
    return render_staff_page(
        request,
        "staff/supervision/protected_reads.html",
        {"page": page, "words": labels},
        staff=visitor.staff,
    )


def _account(request: HttpRequest, user_id: UUID) -> StaffAccount:
    visitor = staff_visitor_of(request)
    for each in list_staff(actor=visitor.staff.actor, now=visitor.now):
        if each.user_id == user_id:
            return each
    raise NoSuchPage
