"""Find the problems that keep a draft from being sent. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kanssa.applications.content.content import Content
from kanssa.applications.content.form import (
    APPLICATION,
    HOME,
    NEED,
    PERSON,
    RESIDENT,
    WISHES,
    is_given,
    missing_contact,
    missing_fields,
    missing_identity,
    missing_names,
)
from kanssa.calendar.days import is_adult
from kanssa.values.hetu import Hetu

_SECTIONS = {"application": APPLICATION, "home": HOME, "need": NEED, "wishes": WISHES}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing to correct. `section` is a section's name, `adults` or `residents`.

    `code` is `missing`, `under-age`, `of-age` (a resident who is an adult) or `same-person`.
    """

    code: str
    section: str
    field: str
    id: UUID | None = None


def problems_of(content: Content, *, today: date) -> list[FieldProblem]:
    return [
        *_problems_of_adults(content, today),
        *_same_people(content),
        *_problems_of_residents(content, today),
        *_problems_of_sections(content),
    ]


def named_co_applicants(content: Content) -> list[UUID]:
    # Those who came of age here do not count for the limit (rule 7).
    return [key for key in content.co_applicant_ids if not content.adults[key].get("came_of_age")]


def birth_date(person: Mapping[str, Any]) -> date | None:
    if is_given(person, "hetu"):
        return Hetu(person["hetu"]).born
    return date.fromisoformat(person["born"]) if is_given(person, "born") else None


def shared_contacts(content: Content) -> set[str]:
    # Shared contacts are worth a warning, not a refusal.
    shared = set()
    for name in ("email", "phone"):
        given = [str(adult[name]).casefold() for adult in content.adults.values() if is_given(adult, name)]
        if len(given) != len(set(given)):
            shared.add(name)
    return shared


def missing_of_co_applicant(person: Mapping[str, Any]) -> list[str]:
    # The name alone of an adult who gets the invitation from the main applicant's hand.
    if is_given(person, "by_hand"):
        return missing_names(person)
    return missing_names(person) + missing_identity(person) + missing_contact(person)


def _problems_of_adults(content: Content, today: date) -> Iterator[FieldProblem]:
    for adult, facts in content.adults.items():
        is_main = adult == content.main_applicant_id
        # Co-applicants complete their own details before they confirm.
        missing = missing_fields(PERSON, facts) if is_main else missing_of_co_applicant(facts)
        yield from (FieldProblem("missing", "adults", name, adult) for name in missing)
        born = birth_date(facts)
        if born and not is_adult(born, on=today):
            yield FieldProblem("under-age", "adults", "hetu" if is_given(facts, "hetu") else "born", adult)


def _same_people(content: Content) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for section in ("adults", "residents"):
        for key, facts in getattr(content, section).items():
            hetu = facts.get("hetu")
            if hetu and hetu in seen:
                yield FieldProblem("same-person", section, "hetu", key)
            seen.add(hetu or "")


def _problems_of_residents(content: Content, today: date) -> Iterator[FieldProblem]:
    for resident, facts in content.residents.items():
        missing = missing_fields(RESIDENT, facts)
        yield from (FieldProblem("missing", "residents", name, resident) for name in missing)
        born = birth_date(facts)
        if born and is_adult(born, on=today):
            field = "hetu" if is_given(facts, "hetu") else "born"
            yield FieldProblem("of-age", "residents", field, resident)


def _problems_of_sections(content: Content) -> Iterator[FieldProblem]:
    for section, fields in _SECTIONS.items():
        for name in missing_fields(fields, getattr(content, section)):
            yield FieldProblem("missing", section, name)
