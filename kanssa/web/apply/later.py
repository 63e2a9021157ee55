"""Going on later: mailing a link to the draft, and coming back by it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kanssa.applications.draft_links import draft_behind
from kanssa.applications.refusals import AlreadySent, DraftLinksFromHereUsedUp, DraftLinksUsedUp
from kanssa.applications.times import day_of
from kanssa.usecases.mail_draft_link import mail_draft_link
from kanssa.usecases.resume_draft import resume_draft
from kanssa.values.refusal import Refusal
from kanssa.web.address import network_of
from kanssa.web.again import in_words
from kanssa.web.apply.step_page import draft_in
from kanssa.web.apply.steps import CONTACT
from kanssa.web.pages import page
from kanssa.web.questions import form_for
from kanssa.web.refusals import form_token_is_stale, keeps_what_was_typed
from kanssa.web.typed_forms import Form
from kanssa.web.visitor import visitor_of

_EMAIL = next(field for field in CONTACT.fields if field.name == "email")


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
def continue_later(request: HttpRequest) -> HttpResponse:
    """Ask for an address to mail the link to. What was typed is kept when it is refused."""
    draft = draft_in(request)
    if draft.is_edit:
        raise AlreadySent
    visitor = visitor_of(request)
    given = draft.content.adults[draft.content.main_applicant_id]
    typed = request.POST if request.method == "POST" else None
    form = form_for((_EMAIL,), given=given, typed=typed, today=day_of(visitor.now))
    refusal: Refusal | None = None
    if request.method == "POST" and _is_sound(request, form):
        try:
            _mail(request, draft.id, form.cleaned_data["email"])
            return redirect("apply:link_sent")
        except (DraftLinksUsedUp, DraftLinksFromHereUsedUp) as why:
            refusal = why
            form.add_error("email", in_words(why))
    status = refusal.status if refusal else form.status
    return page(request, "apply/continue_later.html", {"form": form}, status=status)


def _mail(request: HttpRequest, application_id: UUID, address: str) -> None:
    visitor = visitor_of(request)
    mail_draft_link(
        application_id=application_id,
        address=address,
        language=get_language() or "fi",
        network=network_of(request),
        actor=visitor.actor,
        now=visitor.now,
    )


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """Look in your e-mail."""
    return page(request, "apply/link_sent.html", {"has_application": visitor_of(request).has_application})


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """The page that a mailed link opens. Opening it changes nothing and shows nothing of the draft."""
    visitor = visitor_of(request)
    behind = draft_behind(token, now=visitor.now)
    if request.method == "POST":
        if visitor.application_id_if_any != behind:
            resume_draft(token=token, actor=visitor.actor, now=visitor.now)
            visitor.hold_application(behind, by_link=True)
        return redirect("apply:check")
    holds_another = visitor.application_id_if_any not in (None, behind)
    return page(request, "apply/resume.html", {"holds_another": holds_another})


def _is_sound(request: HttpRequest, form: Form) -> bool:
    form.full_clean()
    if not form.errors and not form.cleaned_data["email"]:
        form.add_error("email", _("Write the e-mail address that the link is to go to."))
    if form_token_is_stale(request):
        form.add_error(None, _("The page had been open too long. Check your answers, then continue again."))
    return form.is_valid()
