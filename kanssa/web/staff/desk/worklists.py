from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.casework.lists import MAX_LINES, CaseworkList
from kanssa.applications.refusals import NotAllowedNow, PersonKnown, SomethingChanged
from kanssa.usecases.desk.casework.decide_task import decide_task
from kanssa.usecases.desk.casework.list_casework import list_casework
from kanssa.usecases.desk.casework.open_task import open_task
from kanssa.usecases.supervision.list_locked_activation_codes import list_locked_activation_codes
from kanssa.values.role import Role
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.desk.forms import DecisionForm
from kanssa.web.staff.desk.labels import LISTS, STATES, TASK_KINDS


@require_safe
@for_staff(Role.CLERK)
def listing(request: HttpRequest, which: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if which not in LISTS:
        raise NoSuchPage
    wanted = CaseworkList(which)
    lines = list_casework(wanted=wanted, staff=visitor.staff, now=visitor.now)
    context = {
        "title": LISTS[wanted],
        "which": which,
        "lines": lines[:MAX_LINES],
        "has_more": len(lines) > MAX_LINES,
        "most": MAX_LINES,
        "states": STATES,
    }
    return render_staff_page(request, "staff/desk/worklist.html", context, staff=visitor.staff)


@require_safe
@for_staff(Role.CLERK)
def slips(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    locked = list_locked_activation_codes(staff=visitor.staff, now=visitor.now)
    return render_staff_page(request, "staff/desk/locked_codes.html", {"slips": locked}, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Role.CLERK)
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    visitor = staff_visitor_of(request)
    staff, now = visitor.staff, visitor.now
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            is_accepted = form.cleaned_data["outcome"] == "accepted"
            decide_task(
                task_id=task_id,
                is_accepted=is_accepted,
                # The decision is about the state that the page showed.
                is_filled=request.POST.get("filled") == "yes",
                staff=staff,
                now=now,
            )
        except (NotAllowedNow, PersonKnown, SomethingChanged) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("desk:list", which=CaseworkList.TASKS)
    opened = open_task(task_id=task_id, staff=staff, now=now)
    context = {"form": form, "task": opened, "kinds": TASK_KINDS}
    status = 422 if form.errors else 200
    return render_staff_page(request, "staff/desk/task.html", context, staff=staff, status=status)
