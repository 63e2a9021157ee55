"""Continue after a person has signed in, by a broker or by their account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import reverse

from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.identification.sessions import Identified
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.web.base.visitor import Visitor, visitor_of


def complete_sign_in(request: HttpRequest, identified: Identified) -> None:
    visitor = visitor_of(request)
    # Read before the new session forgets it. The desk's browser holds no customer's link.
    link = None if identified.by_staff else visitor.link
    visitor.start_session(identified)
    # A form token from before the sign-in must not work for the identified person.
    rotate_token(request)
    claim_applicants(
        identified=identified,
        sent_here=visitor.application_id_if_any,
        link=link,
        actor=identified.actor,
        now=visitor.now,
    )


def next_url(identified: Identified, purpose: Mapping[str, Any], visitor: Visitor) -> str:
    if _needs_reauthentication(purpose, visitor):
        # Kept until the person has proven who they are.
        visitor.store_purpose(purpose)
        return reverse("account:prove")
    if _is_for_a_page(purpose, identified):
        return reverse(purpose["name"], kwargs=purpose["gaps"])
    if visitor.access is AccessLevel.PASSWORD_ONLY:
        return reverse("account:applications")
    if purpose["to"] == "edit" and visitor.is_editing:
        return reverse("apply:check")
    return reverse(_confirmation_page(purpose, visitor))


def _confirmation_page(purpose: Mapping[str, Any], visitor: Visitor) -> str:
    session = visitor.person_session
    applicant_ids = session.active_applicants
    if _is_for_another(purpose, applicant_ids):
        return "confirm:other_person"
    if purpose["to"] in ("status", "edit", "page") and (session.applicants or session.was_removed):
        return "account:applications"
    if not applicant_ids:
        return "confirm:nothing"
    return "confirm:choose" if session.has_accepted_terms(now=visitor.now) else "confirm:terms"


def _needs_reauthentication(purpose: Mapping[str, Any], visitor: Visitor) -> bool:
    # Always after a reset, and before acting.
    is_to_act = purpose["to"] in ("edit", "invitation")
    return visitor.access is AccessLevel.AFTER_RESET or (visitor.proven_if_any is None and is_to_act)


def _is_for_a_page(purpose: Mapping[str, Any], identified: Identified) -> bool:
    return bool(purpose["to"] == "page" and purpose["person"] == str(identified.person_id))


def _is_for_another(purpose: Mapping[str, Any], applicant_ids: frozenset[UUID]) -> bool:
    return purpose["to"] == "invitation" and UUID(purpose["applicant"]) not in applicant_ids
