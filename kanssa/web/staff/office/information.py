"""Let staff view, edit and preview the public information about the desk."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.calendar.days import HELSINKI, day_of
from kanssa.office.current import current_office
from kanssa.office.editing import (
    DateInPast,
    InvalidOpeningHours,
    OfficeEditedMeanwhile,
    Removal,
    changed,
    require_readable,
)
from kanssa.office.information import Office
from kanssa.usecases.supervision.edit_office import edit_office
from kanssa.usecases.supervision.list_office_edits import list_office_edits
from kanssa.values.refusal import Refusal
from kanssa.values.role import Role
from kanssa.web.base.office_details import office_details
from kanssa.web.staff.base.guard import for_staff
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.office.forms import DayForm, EditionForm, NoticeForm, RemovalForm, TimesForm

_LANGUAGES = ("fi", "sv", "en")
_NOON = time(12)
_FORMS: dict[str, type[EditionForm]] = {"times": TimesForm, "day": DayForm, "notice": NoticeForm}
_FIRST_FIELD = {"times": "since", "day": "on", "notice": "until"}
_MAY_EDIT = (Role.SUPERVISOR, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Preview:
    language: str
    html: str


@require_safe
@for_staff(*_MAY_EDIT, shows_cases=False)
def desk(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    present = current_office(is_fresh=True)
    today = day_of(visitor.now)
    context = {
        "desk": present,
        "times": [
            each for each in present.times if each is present.on(today) or (each.since or today) > today
        ],
        "days": [each for each in present.exceptions if each.on >= today],
        "notices": [each for each in present.notices if each.until >= today],
        "language": get_language(),
        "previews": _previews(present, visitor.now),
        "history": list_office_edits(staff=visitor.staff, now=visitor.now),
    }
    return render_staff_page(request, "staff/office/information.html", context, staff=visitor.staff)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*_MAY_EDIT, shows_cases=False)
def times(request: HttpRequest) -> HttpResponse:
    present = current_office(is_fresh=True)
    today = day_of(staff_visitor_of(request).now)
    now = present.on(today)
    begin = {name: getattr(now, name) for name in ("hours", "phone", "phone_hours", "email")}
    return _edit(request, "times", begin | {"since": today})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*_MAY_EDIT, shows_cases=False)
def day(request: HttpRequest) -> HttpResponse:
    return _edit(request, "day", {})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*_MAY_EDIT, shows_cases=False)
def notice(request: HttpRequest) -> HttpResponse:
    return _edit(request, "notice", {"since": day_of(staff_visitor_of(request).now)})


@require_POST
@for_staff(*_MAY_EDIT, shows_cases=False)
def remove(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    form = RemovalForm(request.POST)
    if form.is_valid():
        cleaned = form.cleaned_data
        edit_office(
            change=Removal(cleaned["part"], cleaned["key"]),
            seen=cleaned["seen"],
            staff=visitor.staff,
            now=visitor.now,
        )
    return redirect("supervise:desk")


def _edit(request: HttpRequest, part: str, initial: dict[str, Any]) -> HttpResponse:
    visitor = staff_visitor_of(request)
    present = current_office(is_fresh=True)
    form = _FORMS[part](request.POST if request.method == "POST" else None, initial=initial)
    previews: list[Preview] = []
    if form.is_valid():
        try:
            # Saved only after a preview of the same form.
            if request.POST.get("step") == "save":
                edit_office(
                    change=form.change(),
                    seen=form.cleaned_data["seen"],
                    staff=visitor.staff,
                    now=visitor.now,
                )
                return redirect("supervise:desk")
            following = changed(present, form.change(), today=day_of(visitor.now))
            previews = _previews(following, _moment(form, visitor.now))
        except (InvalidOpeningHours, DateInPast, OfficeEditedMeanwhile) as refusal:
            _add_refusal(form, part, refusal, day=day_of(visitor.now))
    context = {"form": form, "part": part, "previews": previews, "seen": present.number}
    return render_staff_page(
        request, "staff/office/edit.html", context, staff=visitor.staff, status=form.status
    )


def _add_refusal(form: EditionForm, part: str, refusal: Refusal, *, day: date) -> None:
    match refusal:
        case InvalidOpeningHours():
            form.add_error(_wrong_hours(form, part, day), str(refusal.why))
        case DateInPast():
            form.add_error(_FIRST_FIELD[part], str(refusal.reason))
        case _:
            form.add_error(None, str(refusal.reason))


def _wrong_hours(form: EditionForm, part: str, day: date) -> str:
    if part != "times":
        return "hours"
    try:
        require_readable(form.cleaned_data["hours"], today=day)
    except InvalidOpeningHours:
        return "hours"
    return "phone_hours"


def _moment(form: EditionForm, now: datetime) -> datetime:
    return now if form.day <= day_of(now) else datetime.combine(form.day, _NOON, tzinfo=HELSINKI)


def _previews(desk: Office, moment: datetime) -> list[Preview]:
    previews = []
    for language in _LANGUAGES:
        with override(language):
            context = {"desk": office_details(moment, desk=desk), "day": day_of(moment)}
            html = render_to_string("staff/office/preview.html", context, using="jinja2")
        previews.append(Preview(language, html))
    return previews
