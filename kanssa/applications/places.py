"""Matching an identified person to the adults' places that wait for them (DOMAIN, Matching)."""

from collections.abc import Iterator
from uuid import UUID

from kanssa.applications.household import opened
from kanssa.applications.models import Applicant
from kanssa.applications.names import names_agree
from kanssa.applications.states import LIVING
from kanssa.identification.living import Identified
from kanssa.people.models import Person


def places_waiting_for(identified: Identified) -> list[UUID]:
    """Applications on which an empty place has this person's code and an agreeing name.

    A code match under another name shows nothing: the code may be mistyped, and the person a
    stranger.
    """
    return [place.application_id for place in _matching(identified)]


def empty_place_of(identified: Identified, application_id: UUID) -> Applicant | None:
    """The empty place on one application that is this person's, if there is one."""
    return next((place for place in _matching(identified) if place.application_id == application_id), None)


def _matching(identified: Identified) -> Iterator[Applicant]:
    person = Person.objects.get(pk=identified.person_id)
    if person.hetu_lookup is None:
        return
    waiting = Applicant.objects.filter(
        person__isnull=True, hetu_lookup=person.hetu_lookup, application__state__in=LIVING
    ).select_related("application")
    for place in waiting:
        if _names_agree(place, identified):
            yield place


def _names_agree(place: Applicant, identified: Identified) -> bool:
    version = place.application.versions.order_by("-number").first()
    facts = opened(version).content.adults.get(place.pk) if version else None
    return facts is not None and names_agree(
        typed_last=facts.get("last_name", ""),
        typed_first=facts.get("first_names", ""),
        last=identified.last_name,
        first=identified.first_names,
    )
