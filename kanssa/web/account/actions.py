"""Actions of an adult on a sent application: each has a page that explains its effect."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kanssa.applications.powers.table import STATES_BY_ACTION
from kanssa.applications.reading import queries
from kanssa.applications.reading.view_models import Status
from kanssa.applications.refusals import (
    DraftIncomplete,
    MainPlaceNotOffered,
    MainPlaceOpen,
    NotAllowedNow,
    NothingWaits,
    SomeoneElse,
    SomethingChanged,
)
from kanssa.applications.states import OF_MAIN_APPLICANT, Action
from kanssa.usecases.confirmation.acknowledge_changes import acknowledge_changes
from kanssa.usecases.confirmation.allow_asking import allow_asking as allow_asking_again
from kanssa.usecases.confirmation.decline_application import decline_application
from kanssa.usecases.confirmation.withdraw_confirmation import (
    withdraw_confirmation as withdraw_own_confirmation,
)
from kanssa.usecases.drafts.copy_application import copy_application
from kanssa.usecases.drafts.copy_own_part import copy_own_part
from kanssa.usecases.lifecycle.accept_main_applicant import accept_main_applicant
from kanssa.usecases.lifecycle.continue_without_leavers import continue_without_leavers
from kanssa.usecases.lifecycle.discard_changes import discard_changes
from kanssa.usecases.lifecycle.leave_application import leave_application
from kanssa.usecases.lifecycle.renew_application import renew_application
from kanssa.usecases.lifecycle.withdraw_application import withdraw_application
from kanssa.values.refusal import Refusal
from kanssa.web.account.status import status_page
from kanssa.web.apply.editing import begin_edit
from kanssa.web.apply.navigation import co_applicant_url
from kanssa.web.base.pages import render_page
from kanssa.web.base.seen_version import opened_version
from kanssa.web.base.visitor import Visitor, visitor_of
from kanssa.web.form.steps import CO_CONTACT

_EXPECTED = {"all": True, "own": False}


@require_POST
def edit(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    return begin_edit(visitor, application_id)


@require_POST
def correct_contact(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    to = co_applicant_url(applicant_id, CO_CONTACT)
    return begin_edit(visitor, application_id, to=f"{to}?back=check")


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    if request.method == "POST":
        renew_application(
            application_id=application_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(visitor, application_id, "renewed")
    renewal = queries.renewal(application_id, identified=visitor.identified, now=visitor.now)
    return render_page(request, "account/renew.html", {"renewal": renewal})


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    if request.method == "POST":
        discard_changes(
            application_id=application_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(visitor, application_id, "discarded")
    status = _status_for(visitor, application_id, Action.DISCARD, is_for_main=True)
    if not status.can_discard:
        raise NothingWaits
    return render_page(request, "account/discard.html", {"status": status})


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    if request.method == "POST":
        try:
            has_ended = withdraw_application(
                application_id=application_id,
                identified=visitor.identified,
                actor=visitor.identified.actor,
                now=visitor.now,
                expects_end=_EXPECTED.get(request.POST.get("ends", "")),
            )
        except SomethingChanged as refusal:
            return _withdrawal_page(request, application_id, visitor, refusal=refusal)
        return _redirect_to_status(visitor, application_id, "withdrawn" if has_ended else "left")
    return _withdrawal_page(request, application_id, visitor)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_confirmation(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    if request.method == "POST":
        is_let_end = request.POST.get("when") == "with-period"
        withdraw_own_confirmation(
            application_id=application_id,
            applicant_id=visitor.person_session.applicant_on(application_id),
            at_period_end=is_let_end,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(
            visitor, application_id, "ends-with-period" if is_let_end else "confirmation-withdrawn"
        )
    status = _status_for(visitor, application_id, Action.WITHDRAW_CONFIRMATION)
    return render_page(request, "account/withdraw_confirmation.html", {"status": status})


@require_POST
def acknowledge(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Say that one has read the changed wishes."""
    visitor = _identified_visitor(request)
    acknowledge_changes(
        application_id=application_id,
        applicant_id=visitor.person_session.applicant_on(application_id),
        version_id=_version_read(request, application_id),
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    return _redirect_to_status(visitor, application_id, "changes-read")


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    if request.method == "POST":
        decline_application(
            application_id=application_id,
            applicant_id=visitor.person_session.applicant_on(application_id),
            refuses_asking="refuses_asking" in request.POST,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(visitor, application_id, "declined")
    status = _status_for(visitor, application_id, Action.DECLINE)
    return render_page(request, "account/decline.html", {"status": status})


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Say what leaving means; a press leaves."""
    visitor = _identified_visitor(request)
    if request.method == "POST":
        leave_application(
            application_id=application_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(visitor, application_id, "left")
    status = _status_for(visitor, application_id, Action.LEAVE)
    if status.has_left:
        raise NotAllowedNow
    return render_page(request, "account/leave.html", {"status": status})


@require_http_methods(["GET", "HEAD", "POST"])
def main_place(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Say what the main applicant does; a press accepts the open place."""
    visitor = _identified_visitor(request)
    if request.method == "POST":
        accept_main_applicant(
            application_id=application_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
        return _redirect_to_status(visitor, application_id, "now-main")
    status = _status_for(visitor, application_id, Action.ACCEPT_MAIN)
    if not status.is_offered_main:
        raise MainPlaceNotOffered
    return render_page(request, "account/main_place.html", {"status": status})


@require_POST
def continue_without(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Continue without the adults who left."""
    visitor = _identified_visitor(request)
    try:
        continue_without_leavers(
            application_id=application_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
    except DraftIncomplete as refusal:
        return status_page(request, application_id, visitor, refusal=refusal)
    return _redirect_to_status(visitor, application_id, "continued")


@require_POST
def allow_asking(request: HttpRequest, refusal_id: UUID) -> HttpResponse:
    """Take back the wish not to be asked again at a main applicant's request."""
    visitor = _identified_visitor(request)
    allow_asking_again(
        refusal_id=refusal_id,
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    return redirect("account:applications")


@require_POST
def copy(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = _identified_visitor(request)
    draft_id = copy_application(
        application_id=application_id,
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    # From here on the copy is an ordinary draft of this browser.
    visitor.open_browser_hold(draft_id)
    return redirect("apply:check")


def _withdrawal_page(
    request: HttpRequest, application_id: UUID, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    """Say which of the two will happen; `refusal` where that changed since the page was opened."""
    status = _status_for(visitor, application_id, Action.WITHDRAW, is_for_main=True)
    context = {"status": status, "refusal": refusal}
    return render_page(request, "account/withdraw.html", context, status=refusal.status if refusal else 200)


@require_POST
def copy_own(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Begin an application from one's own part of one that one is no longer on."""
    visitor = _identified_visitor(request)
    draft_id = copy_own_part(
        application_id=application_id,
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    visitor.open_browser_hold(draft_id)
    return redirect("apply:check")


def _version_read(request: HttpRequest, application_id: UUID) -> UUID:
    """Return the version of the page that was read; one that does not exist if the form names none."""
    read = opened_version(request.POST.get("version", ""), application_id=application_id)
    return read or UUID(int=0)


def _identified_visitor(request: HttpRequest) -> Visitor:
    """Return the visitor with an identified person. Raises NotIdentified."""
    visitor = visitor_of(request)
    visitor.identified  # noqa: B018 read for its refusal
    return visitor


def _status_for(
    visitor: Visitor, application_id: UUID, action: Action, *, is_for_main: bool = False
) -> Status:
    """Return the status, if the action exists in it. Raises NoSuchApplication, NotAllowedNow, SomeoneElse."""
    status = queries.status(application_id, identified=visitor.identified, now=visitor.now)
    if is_for_main and not status.is_main:
        raise SomeoneElse
    if status.state not in STATES_BY_ACTION[action]:
        raise NotAllowedNow
    if status.waits_for_main and action in OF_MAIN_APPLICANT:
        raise MainPlaceOpen
    return status


def _redirect_to_status(visitor: Visitor, application_id: UUID, notice: str) -> HttpResponse:
    visitor.set_notice(notice)
    return redirect(reverse("account:status", kwargs={"application_id": application_id}))
