"""Edit a sent application: who may, what they see of it, and what their changes become."""

from dataclasses import replace
from uuid import UUID

from kanssa.applications.aggregate.applicant_ids import applicant_ids_of_edit, with_applicant_ids
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.proposals import TypedAnswers, propose
from kanssa.applications.aggregate.version_view import are_answers_due
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.differences import Change, changes_between
from kanssa.applications.content.validation import FieldProblem, problems_of
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NotIdentified, SomeoneElse
from kanssa.applications.transitions.revising import next_content, with_residents_of_age
from kanssa.calendar.days import day_of
from kanssa.identification.sessions import Identified

_IDENTITY = ("hetu", "no_hetu", "born", "nationality")


def require_editor(application: LoadedApplication, identified: Identified | None) -> Applicant:
    """Give the main applicant, if this person or browser may edit.

    The identified main applicant may; before the main applicant has identified, the sending browser too
    (`None`). Raises NotIdentified, NoSuchApplication, SomeoneElse.
    """
    if identified is None:
        # Once a person has identified, the sending browser might belong to a stranger.
        if application.has_main_identified:
            raise NotIdentified
        return application.main_applicant
    applicant = application.applicant_of(identified.person_id)
    if not applicant.is_main:
        raise SomeoneElse
    return applicant


def editable_content(application: LoadedApplication) -> Content:
    content = as_typed(application, next_content(application, application.current.content))
    main = application.main_applicant
    # A main applicant who took over from another gives assurances of their own, and first the present home
    # and the need.
    if are_answers_due(main, application.current):
        return content.without_main_answers()
    return content.without_assurances() if main.position else content


def edit_view(application: LoadedApplication, draft: Content) -> tuple[Content, list[Change]]:
    after = typed_content(application, draft)
    changes = changes_between(as_typed(application, application.current.content), after)
    # Its adults keep the ids of the draft, by which its pages are found.
    return with_applicant_ids(after, _ids_in_draft(application, draft)), changes


def problems_of_edit(application: LoadedApplication, draft: Content) -> list[FieldProblem]:
    ids = _ids_in_draft(application, draft)
    faults = problems_as_typed(application, typed_content(application, draft))
    return [replace(fault, id=ids.get(fault.id, fault.id)) if fault.id else fault for fault in faults]


def edited_content(application: LoadedApplication, draft: Content) -> Content:
    content = typed_content(application, draft)
    # Adults who control their own details keep their current answers.
    for key in content.co_applicant_ids:
        if application.controls_own_details(key):
            content = _replaced(content, key, application.facts_of(key))
    return content


def typed_content(application: LoadedApplication, draft: Content) -> Content:
    with_adults = with_residents_of_age(draft, today=day_of(application.now))
    content = next_content(
        application, with_applicant_ids(with_adults, applicant_ids_of_edit(application, with_adults))
    )
    main = application.main_applicant
    if main.person_id is not None:
        # The identity was verified; changing it would let the confirmation count for another person.
        typed = {name: value for name, value in content.adults[main.pk].items() if name not in _IDENTITY}
        content = _replaced(content, main.pk, typed | _only(_IDENTITY, application.facts_of(main.pk)))
    return content


def without_own_changes(application: LoadedApplication) -> Content:
    """Nothing brings back an adult who left: then the waiting version stays."""
    confirmed = application.confirmed or application.current
    content, waiting = confirmed.content, application.current.content
    if any(application.all_applicants[key].has_left_by_choice for key in content.adults):
        return waiting
    for key in content.adults:
        if application.controls_own_details(key) and key in waiting.adults:
            content = _replaced(content, key, waiting.adults[key])
    return content


def as_typed(application: LoadedApplication, content: Content) -> Content:
    for key in content.adults:
        if application.controls_own_details(key):
            content = _replaced(content, key, application.typed_facts_of(key))
    return content


def problems_as_typed(application: LoadedApplication, content: Content) -> list[FieldProblem]:
    # The new main applicant may not see those answers, so they could not correct them.
    former = {
        key
        for key in content.adults
        if application.controls_own_details(key) and key not in application.proposals
    }
    faults = problems_of(content, today=day_of(application.now))
    return [fault for fault in faults if fault.id not in former]


def propose_changes(application: LoadedApplication, typed: Content) -> dict[UUID, frozenset[str]]:
    proposed = {
        key: propose(
            key, application.proposals.get(key) or TypedAnswers(application.typed_facts_of(key)), facts
        )
        for key, facts in typed.adults.items()
        if application.controls_own_details(key)
    }
    # Cached: read again after the change.
    application.typed_answers_changed()
    return {key: names for key, names in proposed.items() if names}


def adults_asked_as_typed(before: Content, after: Content) -> frozenset[UUID]:
    # By what was typed: the editor may not know more (DOMAIN, rule 2).
    material = [change for change in changes_between(before, after) if change.is_material]
    known = set(after.adults) & set(before.adults)
    joins = set(after.adults) - known
    return frozenset({key for key in known for change in material if change.concerns(key)} | joins)


def _ids_in_draft(application: LoadedApplication, draft: Content) -> dict[UUID, UUID]:
    with_adults = with_residents_of_age(draft, today=day_of(application.now))
    return {applicant: key for key, applicant in applicant_ids_of_edit(application, with_adults).items()}


def _only(names: tuple[str, ...], facts: Facts) -> Facts:
    return {name: facts[name] for name in names if name in facts}


def _replaced(content: Content, applicant_id: UUID, facts: Facts) -> Content:
    adults = {key: facts if key == applicant_id else given for key, given in content.adults.items()}
    return replace(content, adults=adults)
