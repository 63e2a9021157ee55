"""The pages of filling in and sending."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.applications import queries
from kanssa.applications.checks import shared_contacts
from kanssa.applications.content import Content, full_name
from kanssa.applications.refusals import DraftIncomplete, NoSuchApplication
from kanssa.applications.times import day_of
from kanssa.usecases.save_draft import save_draft
from kanssa.usecases.send_application import send_application
from kanssa.usecases.start_application import start_application
from kanssa.web.apply.check import check_cards, fault_links
from kanssa.web.apply.forms import faults_about, is_sound, step_form
from kanssa.web.apply.steps import (
    CO_APPLICANT_STEPS,
    MAIN_AFTER_PEOPLE,
    MAIN_BEFORE_PEOPLE,
    MAIN_STEPS,
    RESIDENT_STEP,
    Step,
    asked,
    step_of,
)
from kanssa.web.pages import page
from kanssa.web.questions import answers_in
from kanssa.web.refusals import CookiesBlocked, keeps_what_was_typed
from kanssa.web.visitor import Visitor, visitor_of

_MOST_CO_APPLICANTS = 4
_OVERWROTE = "overwrote-newer"


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Tell what is needed; on pressing begin, make a draft."""
    visitor = visitor_of(request)
    if request.method != "POST":
        return page(request, "apply/start.html", {"has_draft": _has_draft(visitor)})
    application_id = start_application(language=get_language() or "fi", actor=visitor.actor, now=visitor.now)
    visitor.hold_application(application_id)
    return redirect(_step_url(MAIN_STEPS[0]))


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
def main_step(request: HttpRequest, key: str) -> HttpResponse:
    """One page of the form about the application or the main applicant."""
    visitor = visitor_of(request)
    draft = _draft(request, visitor)
    step = _known(MAIN_STEPS, key)
    given = _answers(draft.content, step)
    return _step_page(
        request,
        draft,
        step,
        given,
        change=partial(_change_main, step),
        after=partial(_after_main, step),
        before=_before_main(step, draft.content),
        place_id=draft.content.main_applicant_id if step.section == "adults" else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def co_applicants(request: HttpRequest) -> HttpResponse:
    """The list of co-applicants: add, change, remove, go on."""
    visitor = visitor_of(request)
    content = _draft(request, visitor).content
    if request.method == "POST":
        return redirect("apply:co_applicant", applicant_id=uuid4(), key=CO_APPLICANT_STEPS[0].key)
    return page(
        request,
        "apply/co_applicants.html",
        {
            "people": [(key, full_name(content.adults[key])) for key in content.co_applicant_ids],
            "can_add": len(content.co_applicant_ids) < _MOST_CO_APPLICANTS,
            "shared": shared_contacts(content),
            "before": _step_url(MAIN_BEFORE_PEOPLE[-1]),
            "notice": visitor.take_notice(),
        },
    )


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
def co_applicant(request: HttpRequest, applicant_id: UUID, key: str) -> HttpResponse:
    """One page about a co-applicant: name, code, how to reach them. The rest is theirs."""
    visitor = visitor_of(request)
    draft = _draft(request, visitor)
    step = _known(CO_APPLICANT_STEPS, key)
    if applicant_id == draft.content.main_applicant_id:
        raise NoSuchApplication
    return _step_page(
        request,
        draft,
        step,
        draft.content.adults.get(applicant_id, {}),
        change=lambda facts: lambda content: content.with_adult(applicant_id, dict(facts)),
        after=partial(_after_co_applicant, step, applicant_id),
        before=reverse("apply:co_applicants"),
        place_id=applicant_id,
    )


@require_POST
def remove_co_applicant(request: HttpRequest, applicant_id: UUID) -> HttpResponse:
    """Leave a co-applicant out of the draft."""
    _save(request, lambda content: content.without_adult(applicant_id))
    return redirect("apply:co_applicants")


@require_http_methods(["GET", "HEAD", "POST"])
def residents(request: HttpRequest) -> HttpResponse:
    """The list of the others who move in."""
    visitor = visitor_of(request)
    content = _draft(request, visitor).content
    if request.method == "POST":
        return redirect("apply:resident", resident_id=uuid4())
    people = [(key, full_name(facts)) for key, facts in content.residents.items()]
    context = {"people": people, "before": reverse("apply:co_applicants"), "notice": visitor.take_notice()}
    return page(request, "apply/residents.html", context | {"after": _step_url(MAIN_AFTER_PEOPLE[0])})


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
def resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """One other person who moves in."""
    visitor = visitor_of(request)
    draft = _draft(request, visitor)
    return _step_page(
        request,
        draft,
        RESIDENT_STEP,
        draft.content.residents.get(resident_id, {}),
        change=lambda facts: lambda content: content.with_resident(resident_id, dict(facts)),
        after=lambda _content: reverse("apply:residents"),
        before=reverse("apply:residents"),
        place_id=resident_id,
    )


@require_POST
def remove_resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Leave another resident out of the draft."""
    _save(request, lambda content: content.without_resident(resident_id))
    return redirect("apply:residents")


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Check your answers: everything, each with its way back, and what is missing."""
    visitor = visitor_of(request)
    draft = _draft(request, visitor)
    return _check_page(request, draft, visitor)


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send the application. Sent twice, it is one."""
    visitor = visitor_of(request)
    try:
        send_application(application_id=visitor.application_id, actor=visitor.actor, now=visitor.now)
    except DraftIncomplete:
        return _check_page(request, _draft(request, visitor), visitor, status=422)
    return redirect("apply:sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Not yet valid: by when to confirm, and the two ways to do it."""
    visitor = visitor_of(request)
    application = queries.sent_application(visitor.application_id, now=visitor.now)
    return page(request, "apply/sent.html", {"application": application})


def _step_page(
    request: HttpRequest,
    draft: queries.Draft,
    step: Step,
    given: Mapping[str, Any],
    *,
    change: Callable[[Mapping[str, Any]], Callable[[Content], Content]],
    after: Callable[[Content], str],
    before: str,
    place_id: UUID | None,
) -> HttpResponse:
    """Show a step, or save it and go on; to the check page when the person came from there."""
    visitor = visitor_of(request)
    today = day_of(visitor.now)
    form = step_form(request, step, given, today=today)
    is_from_check = request.GET.get("back") == "check"

    def faults(facts: Mapping[str, Any]) -> list[Any]:
        return faults_about(change(facts)(draft.content), step.section, place_id, today=today)

    if request.method == "POST" and is_sound(request, form, faults, given):
        content = _save(request, change(answers_in(form, given=given)))
        following = after(content)
        return redirect(
            reverse("apply:check")
            if is_from_check and not _opens_more(step, content, place_id)
            else following
        )
    return _form_page(request, form, step, draft, reverse("apply:check") if is_from_check else before)


def _form_page(
    request: HttpRequest, form: forms.Form, step: Step, draft: queries.Draft, before: str
) -> HttpResponse:
    context = {
        "form": form,
        "step": step,
        "before": before,
        "revision": draft.revision,
        "notice": visitor_of(request).take_notice(),
    }
    return page(request, "apply/step.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, change: Callable[[Content], Content]) -> Content:
    visitor = visitor_of(request)
    saved = save_draft(
        application_id=visitor.application_id,
        change=change,
        seen_revision=_seen_revision(request),
        actor=visitor.actor,
        now=visitor.now,
    )
    if saved.overwrote_newer:
        visitor.leave_notice(_OVERWROTE)
    return saved.content


def _seen_revision(request: HttpRequest) -> int:
    """The revision that the page showed; a form that tells none has seen them all."""
    told = request.POST.get("revision", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 2**31  # noqa: PLR2004


def _check_page(
    request: HttpRequest, draft: queries.Draft, visitor: Visitor, status: int = 200
) -> HttpResponse:
    context = {
        "cards": check_cards(draft.content),
        "faults": fault_links(draft.content, today=day_of(visitor.now)),
        "shared": shared_contacts(draft.content),
        "notice": visitor.take_notice(),
        "before": _step_url(MAIN_STEPS[-1]),
        "was_sent": status != 200,  # noqa: PLR2004
    }
    return page(request, "apply/check.html", context, status=status)


def _draft(request: HttpRequest, visitor: Visitor) -> queries.Draft:
    if not visitor.has_application and not request.COOKIES:
        raise CookiesBlocked
    return queries.draft_of(visitor.application_id)


def _has_draft(visitor: Visitor) -> bool:
    try:
        queries.draft_of(visitor.application_id)
    except NoSuchApplication:
        return False
    return True


def _known(steps: tuple[Step, ...], key: str) -> Step:
    step = step_of(steps, key)
    if step is None:
        raise NoSuchApplication
    return step


def _answers(content: Content, step: Step) -> Mapping[str, Any]:
    if step.section == "adults":
        return content.adults[content.main_applicant_id]
    answers: Mapping[str, Any] = getattr(content, step.section)
    return answers


def _change_main(step: Step, facts: Mapping[str, Any]) -> Callable[[Content], Content]:
    if step.section == "adults":
        return lambda content: content.with_adult(content.main_applicant_id, dict(facts))
    return lambda content: content.with_section(step.section, dict(facts))


def _after_main(step: Step, content: Content) -> str:
    part = MAIN_BEFORE_PEOPLE if step in MAIN_BEFORE_PEOPLE else MAIN_AFTER_PEOPLE
    following = list(asked(part, partial(_answers, content)))
    place = following.index(step) + 1 if step in following else 0
    if place < len(following):
        return _step_url(following[place])
    return reverse("apply:co_applicants" if part is MAIN_BEFORE_PEOPLE else "apply:check")


def _before_main(step: Step, content: Content) -> str:
    part = MAIN_BEFORE_PEOPLE if step in MAIN_BEFORE_PEOPLE else MAIN_AFTER_PEOPLE
    before = [each for each in asked(part, partial(_answers, content)) if part.index(each) < part.index(step)]
    if before:
        return _step_url(before[-1])
    return reverse("apply:start" if part is MAIN_BEFORE_PEOPLE else "apply:residents")


def _after_co_applicant(step: Step, applicant_id: UUID, content: Content) -> str:
    person = content.adults[applicant_id]
    following = list(asked(CO_APPLICANT_STEPS, lambda _step: person))
    place = following.index(step) + 1
    if place == len(following):
        return reverse("apply:co_applicants")
    return reverse("apply:co_applicant", kwargs={"applicant_id": applicant_id, "key": following[place].key})


def _opens_more(step: Step, content: Content, place_id: UUID | None) -> bool:
    """Whether an answer of this step opens a page that was skipped: it comes before going back."""
    if step.section != "adults" or place_id is None:
        return False
    person = content.adults[place_id]
    steps = MAIN_BEFORE_PEOPLE if place_id == content.main_applicant_id else CO_APPLICANT_STEPS
    place = steps.index(step)
    return place + 1 < len(steps) and not steps[place + 1].is_asked({}) and steps[place + 1].is_asked(person)


def _step_url(step: Step) -> str:
    return reverse("apply:step", kwargs={"key": step.key})
