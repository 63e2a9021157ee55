"""Sign in and out, list the person's applications, show their status."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    AddressTriedEnough,
    InvitationsUsedUp,
    InvitationTooSoon,
    NoAddressToTry,
    NotAllowedNow,
    NothingToInvite,
    NotIdentified,
    NotTheirAddress,
)
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES
from kanssa.identification.broker_sessions import AfterLogout
from kanssa.identification.protocol import Handover
from kanssa.usecases.identification.sign_out import sign_out as sign_out_everywhere
from kanssa.usecases.identification.start_logout import start_logout
from kanssa.usecases.invitations.resend_invitation import resend_invitation
from kanssa.usecases.invitations.retry_own_address import retry_own_address
from kanssa.web.account.status import status_page
from kanssa.web.base.pages import render_page
from kanssa.web.base.visitor import PageTarget, Visitor, shows_application, visitor_of

_WHY_NO_LINK = (InvitationTooSoon, InvitationsUsedUp, NotAllowedNow, NothingToInvite, NotTheirAddress)
_CLEAR_SITE_DATA = '"cache", "storage"'


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    visitor.store_purpose({"to": "edit" if visitor.is_editing else "status"})
    return redirect("identify:choose" if visitor.has_acknowledged_cookies else "identify:cookies")


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    mine, former = queries.applications_and_former_of(visitor.identified, now=visitor.now)
    refused = visitor.person_session.refused_askers
    # A password alone does not show that there is nothing: a clerk's matching asks for more.
    if not mine and visitor.proven_if_any is None:
        visitor.store_target_page(PageTarget("account:applications"))
        return redirect("account:prove")
    if not mine and not former and not refused:
        return redirect("confirm:nothing")
    context = {
        "active": [each for each in mine if each.state in ACTIVE_STATES],
        "ended": [each for each in mine if each.state in ENDED_STATES],
        "former": former,
        "refused": refused,
    }
    return render_page(request, "account/applications.html", context)


@shows_application(with_messages=True)
@require_safe
def status(request: HttpRequest, application_id: UUID) -> HttpResponse:
    return status_page(request, application_id, visitor_of(request))


@require_POST
def resend(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    try:
        resend_invitation(
            application_id=application_id,
            applicant_id=applicant_id,
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
    except _WHY_NO_LINK as refusal:
        return status_page(request, application_id, visitor, refusal=refusal)
    visitor.set_notice("invitation-sent")
    return redirect("account:status", application_id=application_id)


@require_POST
def try_address(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    try:
        retry_own_address(
            application_id=application_id,
            applicant_id=visitor.person_session.applicant_on(application_id),
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
        )
    except (AddressTriedEnough, NoAddressToTry) as refusal:
        return status_page(request, application_id, visitor, refusal=refusal)
    visitor.set_notice("address-tried")
    return redirect("account:status", application_id=application_id)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    handover = _end_identification(visitor, "signed-out")
    visitor.clear_session()
    response = redirect(handover.url) if handover else _signed_out_page(request)
    # Back must not show a cached page of the signed-out person on a shared computer.
    response["Clear-Site-Data"] = _CLEAR_SITE_DATA
    return response


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    # Brokers redirect here after a logout too.
    return _signed_out_page(request)


def _signed_out_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "account/signed_out.html", {"is_identified": False})


@require_POST
def next_person(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    handover = _end_identification(visitor, "next-person")
    visitor.clear_for_next_person()
    response = redirect(handover.url if handover else "identify:choose")
    response["Clear-Site-Data"] = _CLEAR_SITE_DATA
    return response


def _end_identification(visitor: Visitor, after_logout: str) -> Handover | None:
    try:
        identified = visitor.identified
    except NotIdentified:
        return None
    # Before the broker is asked: the session ends here, whatever the broker answers.
    sign_out_everywhere(identified=identified, actor=identified.actor, now=visitor.now)
    return_target = AfterLogout(after_logout, get_language() or "fi")
    return start_logout(identified=identified, after_logout=return_target, now=visitor.now)
