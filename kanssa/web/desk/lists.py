"""The desk's lists, and deciding what is asked of a clerk."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.desk_lists import MOST, DeskList
from kanssa.applications.refusals import NotAllowedNow, PersonKnown, SomethingChanged
from kanssa.usecases.decide_task import decide_task
from kanssa.usecases.open_task import open_task
from kanssa.usecases.read_desk_list import read_desk_list
from kanssa.usecases.read_spoilt_slips import read_spoilt_slips
from kanssa.web.desk.forms import DecisionForm
from kanssa.web.desk.guard import for_clerk
from kanssa.web.desk.words import KINDS_OF_TASKS, LISTS, STATES
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of


@require_safe
@for_clerk
def listing(request: HttpRequest, which: str) -> HttpResponse:
    """One list. That it was read is recorded, and who was on it."""
    visitor = staff_visitor_of(request)
    if which not in LISTS:
        raise NoSuchPage
    wanted = DeskList(which)
    lines = read_desk_list(wanted=wanted, staff=visitor.staff, actor=visitor.staff.actor, now=visitor.now)
    context = {
        "title": LISTS[wanted],
        "which": which,
        "lines": lines[:MOST],
        "has_more": len(lines) > MOST,
        "most": MOST,
        "states": STATES,
    }
    return staff_page(request, "desk/list.html", context, staff=visitor.staff)


@require_safe
@for_clerk
def slips(request: HttpRequest) -> HttpResponse:
    """The slips that wrong codes ended."""
    visitor = staff_visitor_of(request)
    spoilt = read_spoilt_slips(staff=visitor.staff, actor=visitor.staff.actor, now=visitor.now)
    return staff_page(request, "desk/slips.html", {"slips": spoilt}, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_clerk
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Decide whether an identified person is the one who is named."""
    visitor = staff_visitor_of(request)
    staff, now = visitor.staff, visitor.now
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            is_accepted = form.cleaned_data["outcome"] == "accepted"
            decide_task(
                task_id=task_id,
                is_accepted=is_accepted,
                is_filled=request.POST.get("filled") == "yes",
                staff=staff,
                actor=staff.actor,
                now=now,
            )
        except (NotAllowedNow, PersonKnown, SomethingChanged) as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("desk:list", which=DeskList.TASKS)
    opened = open_task(task_id=task_id, staff=staff, actor=staff.actor, now=now)
    context = {"form": form, "task": opened, "kinds": KINDS_OF_TASKS}
    status = 422 if form.errors else 200
    return staff_page(request, "desk/task.html", context, staff=staff, status=status)
