"""Show one page of the form, or save it and continue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.validation import FieldProblem
from kanssa.applications.reading.view_models import DraftView
from kanssa.applications.refusals import (
    AlreadySent,
    DraftTooLarge,
    DraftWasSent,
    NoSuchApplication,
    NotIdentified,
)
from kanssa.calendar.days import day_of
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.web.apply.navigation import opens_next_step
from kanssa.web.base.page_urls import page_url
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import CookiesBlocked
from kanssa.web.base.visitor import visitor_of
from kanssa.web.form.questions import cleaned_answers
from kanssa.web.form.step_forms import problems_in, step_form, validate_step
from kanssa.web.form.steps import Step, step_of

Change = Callable[[Content], Content]

_OVERWROTE = "overwrote-newer"
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class StepSubject:
    """The person a step is about; `heading` names them when it is not the person who fills in the form."""

    id: UUID
    heading: str = ""


class SignedOutWhileEditing(NotIdentified):
    code = "signed-out-while-editing"
    reason = _("Identify yourself again to continue editing.")


def draft_in(request: HttpRequest) -> DraftView:
    """Return the draft, or the edit, of this browser.

    Raises NoSuchApplication, CookiesBlocked, AlreadySent, SignedOutWhileEditing, SomeoneElse, DraftWasSent.
    """
    visitor = visitor_of(request)
    # Without any cookie the browser blocks them; with others, this one simply holds no draft.
    if not visitor.has_application and not request.COOKIES:
        raise CookiesBlocked
    try:
        draft = visitor.draft()
    except AlreadySent:
        visitor.stop_editing()
        raise
    except NotIdentified:
        if visitor.is_editing:
            raise SignedOutWhileEditing from None
        raise
    if draft.is_edit and visitor.has_resumed_draft and not visitor.is_editing:
        raise DraftWasSent  # sent from another browser, which may still edit it
    return draft


def known_step(steps: tuple[Step, ...], key: str) -> Step:
    """Find a step by its key. Raises NoSuchApplication for an unknown key."""
    step = step_of(steps, key)
    if step is None:
        raise NoSuchApplication
    return step


def step_page(
    request: HttpRequest,
    draft: DraftView,
    step: Step,
    given: Mapping[str, Any],
    *,
    change: Callable[[Facts], Change],
    after: Callable[[Content], str],
    before: str,
    about: StepSubject | None = None,
) -> HttpResponse:
    """Show a step, or save it and continue.

    `change` turns the step's answers into a change of the draft; `about` names the person they are about.
    A person who came from the summary page (`?back=check`) goes back there.
    """
    today = day_of(visitor_of(request).now)
    person_id = about.id if about else None
    form = step_form(request, step, given, today=today)

    def faults(facts: Facts) -> list[FieldProblem]:
        return problems_in(change(facts)(draft.content), step.section, person_id, today=today)

    checking = page_url("apply:check") if request.GET.get("back") == "check" else ""
    if request.method == "POST" and validate_step(request, form, faults, given):
        try:
            content = save(request, change(cleaned_answers(form, given=given)), read=draft)
        except DraftTooLarge as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            # Back to the summary, unless the answer opens a page that was skipped.
            is_done = checking and not opens_next_step(step, content, person_id)
            return HttpResponseRedirect(checking if is_done else after(content))
    context = {
        "form": form,
        "step": step,
        "about": about.heading if about else "",
        "before": checking or before,
        "revision": draft.revision,
        "is_draft": not draft.is_edit,
        "notice": visitor_of(request).pop_notice(),
    }
    return render_page(request, "apply/step.html", context, status=form.status)


def save(request: HttpRequest, change: Change, *, read: DraftView | None = None) -> Content:
    visitor = visitor_of(request)
    saved = save_draft(
        application_id=visitor.application_id,
        change=change,
        seen_revision=seen_revision(request),
        actor=visitor.proven_actor,
        now=visitor.now,
        identified=visitor.proven_if_any,
        read=read,
    )
    if saved.overwrote_newer:
        visitor.set_notice(_OVERWROTE)
    return saved.content


def seen_revision(request: HttpRequest) -> int:
    revision = request.POST.get("revision", "")
    is_number = revision.isascii() and revision.isdigit() and len(revision) <= _MOST_DIGITS
    # A form without a revision counts as newest.
    return int(revision) if is_number else 10**_MOST_DIGITS
