"""Match the adults of an edit to applicants, the same way before and after an adult identifies.

An applicant row belongs to the adult it named first. Another identity code names another adult, who gets a
row of their own. The id of a removed applicant is never used again.
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
    return hetu_lookup(Hetu(facts["hetu"])) if facts.get("hetu") else None


def applicant_ids_of_edit(loaded: LoadedApplication, content: Content) -> dict[UUID, UUID]:
    kept = {key for key, facts in content.adults.items() if _keeps_applicant(loaded, key, facts)}
    # An adult who was left out and is named again with the same code keeps the applicant row.
    left_out = {
        lookup: key
        for key in loaded.applicants
        if key not in kept and (lookup := hetu_lookup_in(loaded.typed_facts_of(key)))
    }
    used, applicants = _used_ids(loaded), {key: key for key in kept}
    for key, facts in content.adults.items():
        if key not in kept:
            # A new id may clash neither with an id of the draft nor with one given out in this loop.
            others = _ids_in(content) - {key} | set(applicants.values())
            former = left_out.pop(hetu_lookup_in(facts) or b"", None)
            applicants[key] = former or _unused(key, used | others)
    return applicants


def with_applicant_ids(content: Content, applicants: Mapping[UUID, UUID]) -> Content:
    return replace(content, adults={applicants.get(key, key): facts for key, facts in content.adults.items()})


def without_removed_applicants(loaded: LoadedApplication, content: Content) -> Content:
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
    # Of a former main applicant no code was typed before: then a code names no other adult.
    had_identity = is_given(before, "hetu") or is_given(before, "born")
    lookup = hetu_lookup_in(after)
    return had_identity and lookup is not None and lookup != hetu_lookup_in(before)


def _used_ids(loaded: LoadedApplication) -> set[UUID]:
    return set(loaded.all_applicants)


def _ids_in(content: Content) -> set[UUID]:
    return {*content.adults, *content.residents}


def _unused(key: UUID, used: set[UUID]) -> UUID:
    while key in used:
        # Derived, not random: opening the same edit again must give the same ids.
        key = uuid5(key, _NEXT)
    return key
