"""What follows when somebody has come in, by a broker or by their account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import reverse

from kanssa.applications import queries
from kanssa.applications.proof import AccessLevel
from kanssa.identification.living import Identified
from kanssa.usecases.take_places import take_places
from kanssa.web.visitor import Visitor, visitor_of


def come_in(request: HttpRequest, identified: Identified) -> None:
    """Go on as somebody, in a new session; they fill the places that wait for them."""
    visitor = visitor_of(request)
    visitor.become(identified)
    rotate_token(request)
    take_places(
        identified=identified,
        sent_here=visitor.application_id_if_any,
        actor=identified.actor,
        now=visitor.now,
    )


def onwards(identified: Identified, purpose: Mapping[str, Any], visitor: Visitor) -> str:
    """Where somebody goes who has just come in, by what they had set out to do."""
    if _needs_proof(purpose, visitor):
        visitor.set_out(purpose)
        return reverse("account:prove")
    if _is_for_a_page(purpose, identified):
        return reverse(purpose["name"], kwargs=purpose["gaps"])
    if visitor.access is AccessLevel.PASSWORD_ONLY:
        return reverse("account:applications")
    if purpose["to"] == "edit" and visitor.is_editing:
        return reverse("apply:check")
    return reverse(_to_confirm(identified, purpose, visitor))


def _to_confirm(identified: Identified, purpose: Mapping[str, Any], visitor: Visitor) -> str:
    """The page of a person who has shown who they are and was on the way to no other."""
    places = queries.places_of(identified)
    if _is_for_another(purpose, places):
        return "confirm:other_person"
    if purpose["to"] in ("status", "edit", "page") and queries.has_place(identified):
        return "account:applications"
    if not places:
        return "confirm:nothing"
    return "confirm:choose" if queries.has_accepted_terms(identified, now=visitor.now) else "confirm:terms"


def _needs_proof(purpose: Mapping[str, Any], visitor: Visitor) -> bool:
    """Whether the person shows who they are first: always after a reset, and to act."""
    is_to_act = purpose["to"] in ("edit", "invitation")
    return visitor.access is AccessLevel.AFTER_RESET or (visitor.proven_if_any is None and is_to_act)


def _is_for_a_page(purpose: Mapping[str, Any], identified: Identified) -> bool:
    """Whether this person was on their way to a page when they were asked to show who they are."""
    return bool(purpose["to"] == "page" and purpose["person"] == str(identified.person_id))


def _is_for_another(purpose: Mapping[str, Any], places: set[UUID]) -> bool:
    """Whether the person came by a link that was sent to somebody else."""
    return purpose["to"] == "invitation" and UUID(purpose["applicant"]) not in places
