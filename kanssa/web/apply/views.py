from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.applications.content.content import Content, Facts
from kanssa.applications.reading import queries
from kanssa.applications.reading.view_models import DraftView
from kanssa.applications.refusals import (
    AlreadySent,
    DraftIncomplete,
    DraftWasSent,
    NoSuchApplication,
    NotAllowedNow,
    NotIdentified,
    OpensByIdentifying,
)
from kanssa.usecases.drafts.send_application import send_application
from kanssa.usecases.drafts.start_application import start_application
from kanssa.web.apply.navigation import after_main, before_main, main_url
from kanssa.web.apply.step_page import Change, StepSubject, draft_in, known_step, step_page
from kanssa.web.apply.summary_page import summary_page
from kanssa.web.base.client_address import client_network
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import keep_input_on_stale_token
from kanssa.web.base.visitor import Visitor, visitor_of
from kanssa.web.form.steps import MAIN_STEPS, Step, answers_about, main_steps


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if request.method != "POST":
        return render_page(request, "apply/start.html", {"has_draft": _has_draft(visitor)})
    # A double press must not create a second draft.
    if _has_empty_draft(visitor):
        return redirect(main_url(MAIN_STEPS[0]))
    application_id = start_application(
        language=get_language() or "fi",
        address=client_network(request),
        actor=visitor.actor,
        now=visitor.now,
    )
    visitor.open_browser_hold(application_id)
    return redirect(main_url(MAIN_STEPS[0]))


@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def main_step(request: HttpRequest, key: str) -> HttpResponse:
    draft = draft_in(request)
    step = known_step(main_steps(has_main_identified=draft.has_main_identified), key)
    return step_page(
        request,
        draft,
        step,
        answers_about(draft.content, step),
        change=partial(_change, step),
        after=partial(after_main, step, is_edit=draft.is_edit),
        before=before_main(step, draft.content, is_edit=draft.is_edit),
        about=StepSubject(draft.content.main_applicant_id) if step.section == "adults" else None,
    )


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    return summary_page(request)


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    try:
        send_application(application_id=visitor.application_id, actor=visitor.actor, now=visitor.now)
    except DraftIncomplete as refusal:
        return summary_page(request, refusal=refusal)
    visitor.open_browser_hold(visitor.application_id)
    return redirect("apply:sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if visitor.has_resumed_draft:
        raise DraftWasSent  # sent from another browser, which may see it
    try:
        application = visitor.sent_application()
    except NotIdentified:
        if visitor.identified_if_any is None:
            raise OpensByIdentifying from None
        return redirect("account:status", application_id=visitor.application_id)
    context = {"application": application, "notice": visitor.pop_notice()}
    return render_page(request, "apply/sent.html", context)


def _change(step: Step, facts: Facts) -> Change:
    def changed(content: Content) -> Content:
        if step.section == "adults":
            return content.with_adult(content.main_applicant_id, facts)
        return content.with_section(step.section, facts)

    return changed


def _has_draft(visitor: Visitor) -> bool:
    return _draft_of(visitor) is not None


def _has_empty_draft(visitor: Visitor) -> bool:
    # Pressing begin twice must create one draft.
    draft = _draft_of(visitor)
    return draft is not None and draft.revision == 0 and not visitor.has_resumed_draft


def _draft_of(visitor: Visitor) -> DraftView | None:
    try:
        draft = queries.draft_of(visitor.application_id, now=visitor.now)
    except (AlreadySent, NoSuchApplication, NotIdentified, NotAllowedNow):
        return None
    return None if draft.is_edit else draft
