"""Editing what was sent: who may, what they see of it, and what their changes come to."""

from dataclasses import replace
from uuid import UUID

from kanssa.applications.changes import Change, changes_between
from kanssa.applications.checks import Fault, faults_of
from kanssa.applications.content import Content, Facts
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.naming import at_places, places_named
from kanssa.applications.proposals import Typed, propose
from kanssa.applications.refusals import NotIdentified, SomeoneElse
from kanssa.applications.revising import next_content, with_grown_up
from kanssa.applications.times import day_of
from kanssa.identification.living import Identified

_IDENTITY = ("hetu", "no_hetu", "born", "nationality")


def require_editor(household: Household, identified: Identified | None) -> Applicant:
    """The main applicant's place, if this is who may edit.

    The identified main applicant; before the main applicant has identified, the sending browser too (`None`).
    Raises NotIdentified, NoSuchApplication, SomeoneElse.
    """
    if identified is None:
        if household.has_main_identified:
            raise NotIdentified
        return household.main_applicant
    place = household.place_of(identified.person_id)
    if not place.is_main:
        raise SomeoneElse
    return place


def editable_content(household: Household) -> Content:
    """What the main applicant starts from: of another adult, what the main applicant typed.

    One who got the place from another gives assurances of their own.
    """
    content = as_typed(household, next_content(household, household.standing.content))
    return content.without_assurances() if household.main_applicant.position else content


def shown_to_editor(household: Household, draft: Content) -> tuple[Content, list[Change]]:
    """The edit as its maker sees it, and what differs for them: the same before and after others identify.

    Its adults keep the ids of the draft, by which its pages are found.
    """
    after = typed_content(household, draft)
    changes = changes_between(as_typed(household, household.standing.content), after)
    return at_places(after, _ids_in_draft(household, draft)), changes


def faults_of_edit(household: Household, draft: Content) -> list[Fault]:
    """What must be mended before an edit is saved, by the ids of the draft."""
    ids = _ids_in_draft(household, draft)
    faults = faults_as_typed(household, typed_content(household, draft))
    return [replace(fault, id=ids.get(fault.id, fault.id)) if fault.id else fault for fault in faults]


def edited_content(household: Household, draft: Content) -> Content:
    """What the edit comes to: an adult who answers for themselves keeps what stands of them."""
    content = typed_content(household, draft)
    for key in content.co_applicant_ids:
        if household.answers_for_themselves(key):
            content = _replaced(content, key, household.facts_of(key))
    return content


def typed_content(household: Household, draft: Content) -> Content:
    """The edit as it was typed, but for what identified the main applicant."""
    grown = with_grown_up(draft, today=day_of(household.now))
    content = next_content(household, at_places(grown, places_named(household, grown)))
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
        if household.answers_for_themselves(key) and key in waiting.adults:
            content = _replaced(content, key, waiting.adults[key])
    return content


def as_typed(household: Household, content: Content) -> Content:
    """A content with what the main applicant typed in the place of what others answered of themselves."""
    for key in content.adults:
        if household.answers_for_themselves(key):
            content = _replaced(content, key, household.typed_facts_of(key))
    return content


def faults_as_typed(household: Household, content: Content) -> list[Fault]:
    """What must be mended in an edit, but for a former main applicant: nobody else typed anything of them."""
    former = {
        key
        for key in content.adults
        if household.answers_for_themselves(key) and key not in household.proposals
    }
    faults = faults_of(content, today=day_of(household.now))
    return [fault for fault in faults if fault.id not in former]


def propose_changes(household: Household, typed: Content) -> dict[UUID, frozenset[str]]:
    """Keep what an edit types of those who answer for themselves; gives which answers differ, by adult."""
    proposed = {
        key: propose(key, household.proposals.get(key) or Typed(household.typed_facts_of(key)), facts)
        for key, facts in typed.adults.items()
        if household.answers_for_themselves(key)
    }
    household.typed_changed()
    return {key: names for key, names in proposed.items() if names}


def asks_as_typed(before: Content, after: Content) -> frozenset[UUID]:
    """Whom an edit asks to confirm, as its maker may know it: by what was typed (DOMAIN, rule 2)."""
    material = [change for change in changes_between(before, after) if change.is_material]
    known = set(after.adults) & set(before.adults)
    joins = set(after.adults) - known
    return frozenset({key for key in known for change in material if change.concerns(key)} | joins)


def _ids_in_draft(household: Household, draft: Content) -> dict[UUID, UUID]:
    grown = with_grown_up(draft, today=day_of(household.now))
    return {place: key for key, place in places_named(household, grown).items()}


def _only(names: tuple[str, ...], facts: Facts) -> Facts:
    return {name: facts[name] for name in names if name in facts}


def _replaced(content: Content, applicant_id: UUID, facts: Facts) -> Content:
    adults = {key: facts if key == applicant_id else given for key, given in content.adults.items()}
    return replace(content, adults=adults)
