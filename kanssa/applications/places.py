"""Matching an identified person to the adults' places that wait for them (DOMAIN, Matching)."""

from uuid import UUID

from kanssa.applications.content import Facts, name_in
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.states import LIVING
from kanssa.identification.living import Identified


def applications_naming(identified: Identified) -> list[UUID]:
    """Living applications with an empty place under this person's identity code, in one order.

    That alone shows nothing: the code may be mistyped, and the person a stranger.
    """
    if identified.hetu_lookup is None:
        return []
    places = Applicant.objects.filter(
        person__isnull=True,
        removed_at__isnull=True,
        hetu_lookup=identified.hetu_lookup,
        application__state__in=LIVING,
    )
    return sorted(places.values_list("application_id", flat=True))


def empty_place_for(identified: Identified, household: Household) -> Applicant | None:
    """The empty place that is this person's: by their whole code, under an agreeing name.

    None for whoever fills another here.
    """
    if household.has_place(identified.person_id):
        return None
    for key, place in household.applicants.items():
        is_empty = place.person_id is None and place.hetu_lookup is not None
        if is_empty and bytes(place.hetu_lookup or b"") == identified.hetu_lookup:
            return place if _names_agree(household.facts_of(key), identified) else None
    return None


def may_ask_to_be_taken(household: Household, applicant_id: UUID, identified: Identified) -> bool:
    """Whether a person may ask a clerk for a co-applicant's place that has another code: names must agree.

    It follows from what was typed, be the place filled or not: whoever holds the link learns nothing of that.
    """
    place = household.applicants.get(applicant_id)
    if place is None or household.state not in LIVING:
        return False
    if place.is_main and place.person_id is not None:
        return False
    is_here = household.has_place(identified.person_id)
    return not is_here and _names_agree(household.typed_facts_of(applicant_id), identified)


def _names_agree(facts: Facts, identified: Identified) -> bool:
    return name_in(facts).agreement(identified.as_name).either
