"""Open invitations, accept terms, choose, review and confirm an application."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    DetailsMissing,
    NotAllowedNow,
    SignedPaperNeeded,
    SomethingChanged,
    TermsNotAccepted,
)
from kanssa.applications.states import ACTIVE_STATES
from kanssa.calendar.days import day_of
from kanssa.identification.document_checks import has_representative
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.confirmation.confirm_application import confirm_application
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.request_claim import request_claim
from kanssa.usecases.confirmation.request_match import request_match
from kanssa.usecases.confirmation.resolve_proposal import resolve_proposal
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal
from kanssa.values.typed_text import one_line
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.seen_version import opened_version, sealed_version
from kanssa.web.base.visitor import PageTarget, Visitor, shows_application, visitor_of
from kanssa.web.confirm.own_details import first_incomplete, pending_answers_url
from kanssa.web.confirm.review_cards import household_cards, other_cards, own_cards
from kanssa.web.form.differences import differences

_LONGEST_REFERENCE = 60
_TAKEN, _KEPT = "proposal-taken", "proposal-kept"


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    visitor = visitor_of(request)
    # Opening the page changes nothing and shows no names.
    invited = queries.active_invitation(token)
    if request.method == "POST":
        # Kept in the session: the addresses on the way to the broker name no applicant.
        visitor.store_link(invited.invitation_id, invited.applicant_id)
        return redirect("identify:cookies")
    return render_page(
        request, "confirm/invitation.html", {"office": office_details(visitor.now), "token": token}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def not_for_me(request: HttpRequest, token: str) -> HttpResponse:
    visitor = visitor_of(request)
    # Only a press changes something: mail scanners open links and follow them.
    if request.method == "POST":
        refuse_invitation(token=token, actor=Actor("link"), now=visitor.now)
        return redirect("invitation:refused")
    queries.active_invitation(token)
    return render_page(request, "confirm/not_for_me.html", {"token": token})


@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    return render_page(request, "confirm/invitation_refused.html")


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    identified = visitor.identified
    in_force = terms_in_force(day_of(visitor.now))
    language = get_language() or "fi"
    if request.method == "POST":
        accept_terms(
            identified=identified,
            version=request.POST.get("version", ""),
            language=language,
            actor=identified.actor,
            now=visitor.now,
        )
        # The person accepts on the way to another page.
        wanted = visitor.take_wanted_page() or PageTarget("confirm:choose")
        return redirect(reverse(wanted.name, kwargs=dict(wanted.url_kwargs)))
    context = {"terms": in_force, "paragraphs": in_force.paragraphs(language)}
    return render_page(request, "confirm/terms.html", context)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if not visitor.person_session.has_accepted_terms(now=visitor.now):
        return _terms_before(PageTarget("confirm:choose"), visitor)
    waiting = queries.active_applications_of(visitor.identified, now=visitor.now)
    if not waiting:
        return redirect("confirm:nothing")
    return render_page(request, "confirm/choose.html", {"waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
def no_application(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    # The page never tells whether an application matches.
    identified = visitor.identified
    if request.method == "POST":
        request_match(
            identified=identified,
            sent_here=visitor.application_id_if_any,
            actor=identified.actor,
            now=visitor.now,
        )
        visitor.set_notice("asked")
        return redirect("confirm:nothing")
    context = {
        "identified": identified,
        "office": office_details(visitor.now),
        "has_asked": visitor.pop_notice() == "asked",
    }
    return render_page(request, "confirm/no_application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def other_person(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    identified = visitor.identified
    applicant_id = visitor.invited_as
    application_id = (
        queries.application_to_claim(applicant_id, identified=identified, now=visitor.now)
        if applicant_id
        else None
    )
    # The form is shown only with a matching name, but a post can be forged: check again.
    if request.method == "POST":
        if applicant_id is None or application_id is None:
            raise NotAllowedNow
        request_claim(
            application_id=application_id,
            applicant_id=applicant_id,
            identified=identified,
            actor=identified.actor,
            now=visitor.now,
        )
        visitor.set_notice("asked")
        return redirect("confirm:other_person")
    context = {
        "identified": identified,
        "has_others": bool(visitor.person_session.active_applicants),
        "office": office_details(visitor.now),
        "may_ask": application_id is not None,
        "has_asked": visitor.pop_notice() == "asked",
    }
    return render_page(request, "confirm/other_person.html", context)


@shows_application()
@require_safe
def review(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    if not visitor.person_session.has_accepted_terms(now=visitor.now):
        return _terms_before(_review_of(application_id), visitor)
    return _review_page(request, application_id, visitor)


@require_POST
def confirm(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    applicant_id = visitor.person_session.applicant_on(application_id)
    try:
        confirm_application(
            application_id=application_id,
            applicant_id=applicant_id,
            version_id=_version_in(request, application_id),
            identified=visitor.identified,
            actor=visitor.identified.actor,
            now=visitor.now,
            archive_reference=_archive_reference(request, visitor),
        )
    except (SomethingChanged, DetailsMissing, NotAllowedNow, SignedPaperNeeded) as refusal:
        return _review_page(request, application_id, visitor, refusal=refusal)
    # Newer terms may have come into force since the page was shown.
    except TermsNotAccepted:
        return _terms_before(_review_of(application_id), visitor)
    return redirect("confirm:done", application_id=application_id)


@require_POST
def proposal(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    ids: dict[str, Any] = {
        "application_id": application_id,
        "applicant_id": visitor.person_session.applicant_on(application_id),
    }
    is_taken = request.POST.get("choice") == "take"
    ids |= {"identified": visitor.identified, "actor": visitor.identified.actor, "now": visitor.now}
    try:
        resolve_proposal(**ids, mark=request.POST.get("seen", ""), is_taken=is_taken)
        visitor.set_notice(_TAKEN if is_taken else _KEPT)
        if is_taken:
            correct_own_details(**ids)
    except (SomethingChanged, NotAllowedNow) as refusal:
        return _review_page(request, application_id, visitor, refusal=refusal)
    except DetailsMissing:  # submitted later, with the details that the review asks for
        pass
    return redirect("confirm:review", application_id=application_id)


@shows_application(with_messages=True)
@require_safe
def done(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    read = visitor.person_session.take(application_id)
    status = queries.status(application_id, identified=visitor.identified, now=visitor.now, read=read)
    if status.confirmed_at is None:
        return redirect("confirm:review", application_id=application_id)
    return render_page(request, "confirm/done.html", {"status": status})


@require_safe
def receipt(request: HttpRequest, application_id: UUID) -> HttpResponse:
    visitor = visitor_of(request)
    given = queries.receipt(application_id, identified=visitor.identified, now=visitor.now)
    return render_page(
        request, "confirm/receipt.html", {"receipt": given, "office": office_details(visitor.now)}
    )


def _terms_before(wanted: PageTarget, visitor: Visitor) -> HttpResponse:
    visitor.store_target_page(wanted)
    return redirect("confirm:terms")


def _review_of(application_id: UUID) -> PageTarget:
    return PageTarget("confirm:review", {"application_id": str(application_id)})


def _review_page(
    request: HttpRequest, application_id: UUID, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    # After a refusal, show the changes since the version that the person saw.
    seen = _version_seen(request, application_id) if refusal else None
    read = visitor.person_session.take(application_id)
    reviewed = queries.review(
        application_id, identified=visitor.identified, now=visitor.now, seen=seen, read=read
    )
    can_change = reviewed.state in ACTIVE_STATES and not reviewed.is_left_out
    can_confirm = can_change and not reviewed.has_confirmed
    context = {
        "review": reviewed,
        "seen_version": sealed_version(reviewed.version_id, application_id=application_id),
        "refusal": refusal,
        # The refusal is explained at the field of the paper.
        "is_paper_missing": isinstance(refusal, SignedPaperNeeded),
        "has_representative": visitor.served_by is not None and has_representative(visitor.identified.id),
        "is_large": "large" in request.GET,
        "notice": visitor.pop_notice(),
        "can_confirm": can_confirm
        and not reviewed.missing
        and not reviewed.waiting
        and not reviewed.answers_due,
        "can_change": can_change,
        "complete_url": first_incomplete(reviewed.missing, application_id) if can_confirm else "",
        "pending_answers_url": pending_answers_url(reviewed.waiting, application_id)
        if not reviewed.missing
        else "",
        "changes": differences(reviewed.changes, own=reviewed.applicant_id),
        "light_changes": differences(reviewed.light_changes, own=reviewed.applicant_id),
        "proposal": next(iter(differences(proposed.changes, own=reviewed.applicant_id)), None)
        if (proposed := reviewed.proposal) and can_change
        else None,
        "household_cards": household_cards(reviewed.seen),
        "own_cards": own_cards(reviewed.seen, application_id if can_change else None),
        "other_cards": other_cards(reviewed.seen),
    }
    return render_page(request, "confirm/review.html", context, status=refusal.status if refusal else 200)


def _archive_reference(request: HttpRequest, visitor: Visitor) -> str:
    if visitor.served_by is None:
        return ""
    return one_line(request.POST.get("archive_reference", ""))[:_LONGEST_REFERENCE]


def _version_in(request: HttpRequest, application_id: UUID) -> UUID:
    version = _version_seen(request, application_id)
    if version is None:
        raise SomethingChanged
    return version


def _version_seen(request: HttpRequest, application_id: UUID) -> UUID | None:
    return opened_version(request.POST.get("version", ""), application_id=application_id)
