"""Who has which roles, and who has read people under a non-disclosure order."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.accounts.refusals import NotToOneself, RolesComeFromSignOn
from kanssa.accounts.staff import Account
from kanssa.usecases.change_roles import change_roles
from kanssa.usecases.read_protected_reads import read_protected_reads
from kanssa.usecases.read_staff import read_staff
from kanssa.values.role import Role
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import for_staff, staff_visitor_of
from kanssa.web.supervise import words
from kanssa.web.supervise.addresses import event_named_in
from kanssa.web.supervise.forms import RolesForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.SUPERVISOR)
def roles(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give somebody roles, or take them; never to oneself."""
    visitor = staff_visitor_of(request)
    staff = visitor.staff
    whose = _account(request, user_id)
    form = RolesForm(request.POST if request.method == "POST" else None, initial={"roles": list(whose.roles)})
    if form.is_valid():
        given = [Role(each) for each in form.cleaned_data["roles"]]
        try:
            change_roles(user_id=user_id, roles=given, staff=staff, actor=staff.actor, now=visitor.now)
        except (NotToOneself, RolesComeFromSignOn) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("staff:people")
    status = 422 if form.errors else 200
    return staff_page(
        request, "supervise/roles.html", {"form": form, "whose": whose}, staff=staff, status=status
    )


@require_safe
@for_staff(Role.SUPERVISOR)
def protected(request: HttpRequest) -> HttpResponse:
    """Who of the staff has read people under a non-disclosure order, when and why."""
    visitor = staff_visitor_of(request)
    page = read_protected_reads(
        before=event_named_in(request),
        staff=visitor.staff,
        actor=visitor.staff.actor,
        now=visitor.now,
    )
    return staff_page(
        request, "supervise/protected.html", {"page": page, "words": words}, staff=visitor.staff
    )


def _account(request: HttpRequest, user_id: UUID) -> Account:
    visitor = staff_visitor_of(request)
    for each in read_staff(actor=visitor.staff.actor, now=visitor.now):
        if each.user_id == user_id:
            return each
    raise NoSuchPage
