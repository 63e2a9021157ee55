"""Editing what was sent: who may, what they see of it, and what their changes come to."""

from dataclasses import replace
from uuid import UUID

from kanssa.applications.changes import Change, changes_between
from kanssa.applications.content import Content, Facts
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NotIdentified, SomeoneElse
from kanssa.applications.revising import lookup_in, next_content
from kanssa.identification.living import Identified

_IDENTITY = ("hetu", "no_hetu", "born", "nationality")
_SHOWN_OF_ANOTHER = ("last_name", "first_names", "came_of_age")


def require_editor(household: Household, identified: Identified | None) -> Applicant:
    """The main applicant's place, if this is who may edit.

    The identified main applicant; before anybody has identified, the sending browser too (`None`).
    Raises NotIdentified, NoSuchApplication, SomeoneElse.
    """
    if identified is None:
        if household.is_identified:
            raise NotIdentified
        return household.main_applicant
    place = household.place_of(identified.person_id)
    if not place.is_main:
        raise SomeoneElse
    return place


def editable_content(household: Household) -> Content:
    """What the main applicant starts from: of whoever answers for themselves, the name alone.

    Whoever got the place from another gives assurances of their own.
    """
    content = _cut(household, next_content(household, household.standing.content))
    return content.without_assurances() if household.main_applicant.position else content


def shown_to_editor(household: Household, draft: Content) -> tuple[Content, list[Change]]:
    """The edit as saving it would have it, and what differs from what stands.

    Cut as what the main applicant starts from, whatever of another was typed before they identified.
    """
    after = _cut(household, edited_content(household, draft))
    return after, changes_between(_cut(household, household.standing.content), after)


def edited_content(household: Household, draft: Content) -> Content:
    """What the edit comes to: whoever answers for themselves keeps what stands of them."""
    content = next_content(household, _where_they_stand(household, draft))
    for key in content.co_applicant_ids:
        if answers_for_themselves(household, key):
            content = _replaced(content, key, household.facts_of(key))
    main = household.main_applicant
    if main.person_id is not None:
        typed = {name: value for name, value in content.adults[main.pk].items() if name not in _IDENTITY}
        content = _replaced(content, main.pk, typed | _only(_IDENTITY, household.facts_of(main.pk)))
    return content


def without_own_changes(household: Household) -> Content:
    """What is left of the waiting version without the main applicant's changes.

    The confirmed version, with what the others have corrected of themselves since.
    """
    confirmed = household.confirmed or household.standing
    content, waiting = confirmed.content, household.standing.content
    for key in content.adults:
        if answers_for_themselves(household, key) and key in waiting.adults:
            content = _replaced(content, key, waiting.adults[key])
    return content


def answers_for_themselves(household: Household, applicant_id: UUID) -> bool:
    """Whether a co-applicant has identified: from then on nobody else reads or changes what is theirs.

    Also after that was annulled: what they gave may be that of whoever is meant.
    """
    place = household.applicants.get(applicant_id)
    return place is not None and not place.is_main and bool(place.person_id or place.freed_at)


def _cut(household: Household, content: Content) -> Content:
    for key in content.adults:
        if answers_for_themselves(household, key):
            content = _replaced(content, key, _only(_SHOWN_OF_ANOTHER, content.adults[key]))
    return content


def _only(names: tuple[str, ...], facts: Facts) -> Facts:
    return {name: facts[name] for name in names if name in facts}


def _where_they_stand(household: Household, draft: Content) -> Content:
    """Whoever was left out and is named again stands in their own place: one person fills one."""
    left_out = {
        bytes(place.hetu_lookup): key
        for key, place in household.applicants.items()
        if place.person_id is not None and place.hetu_lookup is not None and key not in draft.adults
    }
    adults = {
        left_out.get(lookup_in(facts) or b"", key) if key not in household.applicants else key: facts
        for key, facts in draft.adults.items()
    }
    return replace(draft, adults=adults)


def _replaced(content: Content, applicant_id: UUID, facts: Facts) -> Content:
    adults = {key: facts if key == applicant_id else given for key, given in content.adults.items()}
    return replace(content, adults=adults)
