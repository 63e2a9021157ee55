"""Find the differences of two contents, field by field, and the adults that they concern. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kanssa.applications.content.content import ASSURANCES, Content, Facts, full_name
from kanssa.applications.content.form import (
    APPLICATION,
    EXPECTING,
    HOME,
    NEED,
    PERSON,
    RESIDENT,
    WISHES,
    Field,
    is_given,
)

_SECTIONS = {"application": APPLICATION, "expecting": EXPECTING, "home": HOME, "need": NEED, "wishes": WISHES}
_PEOPLE = {"adults": PERSON, "residents": RESIDENT}


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs. `id` and `name` tell which adult or resident it belongs to.

    `field` is None where a person joins (`before` is None) or leaves (`after` is None); then the other
    value is their name. An answer that is not given is None.
    """

    section: str
    field: Field | None
    before: Any
    after: Any
    id: UUID | None = None
    name: str = ""

    @property
    def is_material(self) -> bool:
        """Whether the adults it concerns must confirm again (DOMAIN, rule 2)."""
        return self.field is None or self.field.material

    def concerns(self, applicant_id: UUID) -> bool:
        return self.section != "adults" or self.field is None or self.id == applicant_id


def changes_between(before: Content, after: Content) -> list[Change]:
    return [
        *_of_people("adults", before.adults, after.adults),
        *_of_people("residents", before.residents, after.residents),
        *(
            Change(section, *difference)
            for section, fields in _SECTIONS.items()
            for difference in _differences(fields, getattr(before, section), getattr(after, section))
        ),
    ]


def light_household_changes(before: Content, after: Content) -> list[Change]:
    """Give the changes of the household that ask no one to confirm, such as wishes (DOMAIN, rule 2).

    Without the main applicant's assurances, which concern only them.
    """
    return [
        change
        for change in changes_between(before, after)
        if change.field is not None
        and change.section not in _PEOPLE
        and not change.is_material
        and change.field.name not in ASSURANCES
    ]


def answers_that_differ(
    fields: tuple[Field, ...], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    return tuple(field.name for field, _before, _after in _differences(fields, before, after))


def _of_people(section: str, before: Mapping[UUID, Facts], after: Mapping[UUID, Facts]) -> Iterator[Change]:
    for key, facts in after.items():
        if key not in before:
            yield Change(section, None, None, full_name(facts), key, full_name(facts))
        else:
            for difference in _differences(_PEOPLE[section], before[key], facts):
                yield Change(section, *difference, key, full_name(facts))
    for key, facts in before.items():
        if key not in after:
            yield Change(section, None, full_name(facts), None, key, full_name(facts))


def _differences(
    fields: tuple[Field, ...], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[Field, Any, Any]]:
    for field in fields:
        # Compared as given or not given: an unticked box and an absent answer are the same.
        former, latter = _answer(field, before), _answer(field, after)
        if former != latter:
            yield field, former, latter


def _answer(field: Field, given: Mapping[str, Any]) -> Any:
    return given[field.name] if is_given(given, field.name) else None
