"""Which place an edit means by each adult that it names: the same before and after an adult identifies.

A place belongs to the adult whom it named first. Another identity code names another adult, who gets a
place of their own, and the id of a removed place is never used again.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid5

from kanssa.applications.content import Content, Facts
from kanssa.applications.form import is_given
from kanssa.applications.household import Household
from kanssa.people.models import hetu_lookup
from kanssa.values.hetu import Hetu

_NEXT = "another adult"


def lookup_in(facts: Facts) -> bytes | None:
    """The keyed look-up of the identity code among an adult's answers."""
    return hetu_lookup(Hetu(facts["hetu"])) if facts.get("hetu") else None


def places_named(household: Household, content: Content) -> dict[UUID, UUID]:
    """The place of each adult, by the id in the edit. It follows from what was typed alone.

    An adult who was left out and is named again with the same code keeps the place.
    """
    kept = {key for key, facts in content.adults.items() if _keeps_place(household, key, facts)}
    left_out = {
        lookup: key
        for key in household.applicants
        if key not in kept and (lookup := lookup_in(household.typed_facts_of(key)))
    }
    used, places = _used_ids(household), {key: key for key in kept}
    for key, facts in content.adults.items():
        if key not in kept:
            others = _ids_in(content) - {key} | set(places.values())
            former = left_out.pop(lookup_in(facts) or b"", None)
            places[key] = former or _unused(key, used | others)
    return places


def at_places(content: Content, places: Mapping[UUID, UUID]) -> Content:
    """The content with its adults under other ids."""
    return replace(content, adults={places.get(key, key): facts for key, facts in content.adults.items()})


def without_removed_places(household: Household, content: Content) -> Content:
    """The content, but nobody in it takes up the id of a place that was removed."""
    removed = {key for key, place in household.places.items() if place.removed_at}
    taken = removed & set(content.adults)
    used = _used_ids(household) | _ids_in(content) if taken else set()
    return at_places(content, {key: _unused(key, used) for key in taken})


def _keeps_place(household: Household, key: UUID, facts: Facts) -> bool:
    place = household.applicants.get(key)
    return place is not None and (place.is_main or not _names_another(household.typed_facts_of(key), facts))


def _names_another(before: Facts, after: Facts) -> bool:
    """Whether a code is given that is not the one typed before; of a former main applicant none was."""
    had_identity = is_given(before, "hetu") or is_given(before, "born")
    lookup = lookup_in(after)
    return had_identity and lookup is not None and lookup != lookup_in(before)


def _used_ids(household: Household) -> set[UUID]:
    return set(household.places)


def _ids_in(content: Content) -> set[UUID]:
    return {*content.adults, *content.residents}


def _unused(key: UUID, used: set[UUID]) -> UUID:
    while key in used:
        key = uuid5(key, _NEXT)
    return key
