"""Which place an edit means by each adult that it names: the same before and after an adult identifies.

A place belongs to the adult whom it named first. Another identity code names another adult, who gets a
place of their own, and the id of a removed place is never used again.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid5

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.form import is_given
from kanssa.people.models import hetu_lookup
from kanssa.values.hetu import Hetu

_NEXT = "another adult"


def hetu_lookup_in(facts: Facts) -> bytes | None:
    """The keyed look-up of the identity code among an adult's answers."""
    return hetu_lookup(Hetu(facts["hetu"])) if facts.get("hetu") else None


def applicant_ids_of_edit(loaded: LoadedApplication, content: Content) -> dict[UUID, UUID]:
    """The place of each adult, by the id in the edit. It follows from what was typed alone.

    An adult who was left out and is named again with the same code keeps the place.
    """
    kept = {key for key, facts in content.adults.items() if _keeps_applicant(loaded, key, facts)}
    left_out = {
        lookup: key
        for key in loaded.applicants
        if key not in kept and (lookup := hetu_lookup_in(loaded.typed_facts_of(key)))
    }
    used, applicants = _used_ids(loaded), {key: key for key in kept}
    for key, facts in content.adults.items():
        if key not in kept:
            others = _ids_in(content) - {key} | set(applicants.values())
            former = left_out.pop(hetu_lookup_in(facts) or b"", None)
            applicants[key] = former or _unused(key, used | others)
    return applicants


def with_applicant_ids(content: Content, applicants: Mapping[UUID, UUID]) -> Content:
    """The content with its adults under other ids."""
    return replace(content, adults={applicants.get(key, key): facts for key, facts in content.adults.items()})


def without_removed_applicants(loaded: LoadedApplication, content: Content) -> Content:
    """The content, but nobody in it takes up the id of a place that was removed."""
    removed = {key for key, applicant in loaded.all_applicants.items() if applicant.removed_at}
    taken = removed & set(content.adults)
    used = _used_ids(loaded) | _ids_in(content) if taken else set()
    return with_applicant_ids(content, {key: _unused(key, used) for key in taken})


def _keeps_applicant(loaded: LoadedApplication, key: UUID, facts: Facts) -> bool:
    applicant = loaded.applicants.get(key)
    return applicant is not None and (
        applicant.is_main or not _names_another(loaded.typed_facts_of(key), facts)
    )


def _names_another(before: Facts, after: Facts) -> bool:
    """Whether a code is given that is not the one typed before; of a former main applicant none was."""
    had_identity = is_given(before, "hetu") or is_given(before, "born")
    lookup = hetu_lookup_in(after)
    return had_identity and lookup is not None and lookup != hetu_lookup_in(before)


def _used_ids(loaded: LoadedApplication) -> set[UUID]:
    return set(loaded.all_applicants)


def _ids_in(content: Content) -> set[UUID]:
    return {*content.adults, *content.residents}


def _unused(key: UUID, used: set[UUID]) -> UUID:
    while key in used:
        key = uuid5(key, _NEXT)
    return key
