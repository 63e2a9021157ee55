"""Send a link to the draft by e-mail, and resume the draft with it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.refusals import AlreadySent, DraftLinksFromHereUsedUp, DraftLinksUsedUp
from kanssa.applications.transitions.draft_links import draft_of_link
from kanssa.calendar.days import day_of
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.usecases.drafts.resume_draft import resume_draft
from kanssa.values.refusal import Refusal
from kanssa.web.apply.step_page import draft_in
from kanssa.web.base.client_address import client_network
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import has_stale_form_token, keep_input_on_stale_token
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.base.visitor import visitor_of
from kanssa.web.form.base_form import Form
from kanssa.web.form.questions import build_form
from kanssa.web.form.steps import CONTACT

_EMAIL = next(field for field in CONTACT.fields if field.name == "email")


@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def continue_later(request: HttpRequest) -> HttpResponse:
    draft = draft_in(request)
    if draft.is_edit:
        # An edit opens by identifying, never by a mailed link.
        raise AlreadySent
    visitor = visitor_of(request)
    given = draft.content.adults[draft.content.main_applicant_id]
    typed = request.POST if request.method == "POST" else None
    form = build_form((_EMAIL,), given=given, typed=typed, today=day_of(visitor.now))
    refusal: Refusal | None = None
    if request.method == "POST" and _is_valid_post(request, form):
        try:
            _mail(request, draft.id, form.cleaned_data["email"])
            return redirect("apply:link_sent")
        except (DraftLinksUsedUp, DraftLinksFromHereUsedUp) as why:
            refusal = why
            form.add_error("email", refusal_text(why))
    status = refusal.status if refusal else form.status
    return render_page(request, "apply/continue_later.html", {"form": form}, status=status)


def _mail(request: HttpRequest, application_id: UUID, address: str) -> None:
    visitor = visitor_of(request)
    mail_draft_link(
        application_id=application_id,
        address=address,
        language=get_language() or "fi",
        network=client_network(request),
        actor=visitor.actor,
        now=visitor.now,
    )


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "apply/link_sent.html", {"has_application": visitor_of(request).has_application}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, token: str) -> HttpResponse:
    visitor = visitor_of(request)
    # Opening the link changes nothing and shows nothing of the draft.
    draft_id = draft_of_link(token, now=visitor.now)
    if request.method == "POST":
        # Opened in the browser that holds it already: the link adds nothing.
        if visitor.application_id_if_any != draft_id:
            resume_draft(token=token, actor=visitor.actor, now=visitor.now)
            visitor.open_browser_hold(draft_id, by_link=True)
        return redirect("apply:check")
    # The page warns: the browser's own draft would be left.
    holds_another = visitor.application_id_if_any not in (None, draft_id)
    return render_page(request, "apply/resume.html", {"holds_another": holds_another})


def _is_valid_post(request: HttpRequest, form: Form) -> bool:
    form.full_clean()
    if not form.errors and not form.cleaned_data["email"]:
        form.add_error("email", _("Write the e-mail address to which we should send the link."))
    if has_stale_form_token(request):
        form.add_error(None, _("The page had been open too long. Check your answers, then continue again."))
    return form.is_valid()
