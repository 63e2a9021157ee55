"""Edit a sent application, or withdraw it in the sending browser."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kanssa.applications.reading import queries
from kanssa.applications.refusals import AlreadySent, DraftIncomplete, TooManyCoApplicants
from kanssa.usecases.lifecycle.discard_edit import discard_edit
from kanssa.usecases.lifecycle.edit_application import EditResult, edit_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.usecases.lifecycle.withdraw_application import withdraw_application
from kanssa.values.refusal import Refusal
from kanssa.web.apply.step_page import draft_in, seen_revision
from kanssa.web.apply.summary_page import summary_page
from kanssa.web.base.pages import render_page
from kanssa.web.base.visitor import Visitor, visitor_of


class ChangedInAnotherTab(Refusal):
    """The page from which the edit was saved did not show all of its changes."""

    code = "changed-in-another-tab"
    reason = _("You made more changes in another tab. Check all of your changes, then save.")


@require_POST
def edit(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    return begin_edit(visitor, visitor.application_id)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    application_id = visitor.application_id
    try:
        # A person must not save changes that the page did not show, such as those of another tab.
        if seen_revision(request) < draft_in(request).revision:
            return summary_page(request, refusal=ChangedInAnotherTab())
        edited = edit_application(
            application_id=application_id,
            identified=visitor.proven_if_any,
            actor=visitor.proven_actor,
            now=visitor.now,
        )
    except (DraftIncomplete, TooManyCoApplicants) as refusal:
        return summary_page(request, refusal=refusal)
    except AlreadySent:
        return _redirect_to_status(visitor, application_id)
    visitor.set_notice(_notice_of(edited))
    return _redirect_to_status(visitor, application_id)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    application_id = visitor.application_id
    discard_edit(
        application_id=application_id,
        identified=visitor.proven_if_any,
        actor=visitor.proven_actor,
        now=visitor.now,
    )
    visitor.set_notice("edit-left")
    return _redirect_to_status(visitor, application_id)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    application_id = visitor.application_id
    if request.method == "POST":
        withdraw_application(
            application_id=application_id,
            identified=visitor.proven_if_any,
            actor=visitor.proven_actor,
            now=visitor.now,
        )
        return redirect("apply:sent")
    application = queries.sent_application(application_id, now=visitor.now)
    return render_page(request, "apply/withdraw.html", {"application": application})


def begin_edit(visitor: Visitor, application_id: UUID, *, to: str = "apply:check") -> HttpResponse:
    start_edit(
        application_id=application_id,
        identified=visitor.proven_if_any,
        actor=visitor.proven_actor,
        now=visitor.now,
    )
    # Stored once it was allowed: a refused edit leaves the browser as it was.
    visitor.edit_application(application_id)
    return redirect(to)


def _redirect_to_status(visitor: Visitor, application_id: UUID) -> HttpResponse:
    visitor.stop_editing()
    if visitor.identified_if_any is None:
        return redirect("apply:sent")
    return redirect("account:status", application_id=application_id)


def _notice_of(edited: EditResult) -> str:
    if not edited.is_changed:
        return "edit-nothing"
    return "edited:" + ",".join(sorted(str(adult) for adult in edited.asks))
