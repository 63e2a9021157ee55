"""The content of an application: a household part and one part per adult.

Stored as plain JSON. A draft has the same shape, so sending converts nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from kanssa.applications.content.form import is_given
from kanssa.values.names import Name

Facts = dict[str, Any]

ASSURANCES = ("facts_are_true", "will_keep_current")
"""Assurances by the person who sends or edits; another person's never count for theirs."""
NOT_BY_HAND = frozenset({"hetu", "no_hetu", "born", "nationality", "email", "phone", "postal_address"})
"""Not asked of the sender about an adult who gets the invitation from their hand."""


@dataclass(frozen=True, slots=True)
class Content:
    """The whole content of a version or a draft. Never changed in place.

    `application`, `home`, `need` and `wishes` hold answers by field name; `adults` holds each adult's
    answers by applicant id, the main applicant first; `residents` those of each other resident by an id of
    their own.
    """

    application: Facts = field(default_factory=dict)
    home: Facts = field(default_factory=dict)
    need: Facts = field(default_factory=dict)
    wishes: Facts = field(default_factory=dict)
    expecting: Facts = field(default_factory=dict)
    adults: Mapping[UUID, Facts] = field(default_factory=dict)
    residents: Mapping[UUID, Facts] = field(default_factory=dict)

    @property
    def main_applicant_id(self) -> UUID:
        return next(iter(self.adults))

    @property
    def co_applicant_ids(self) -> list[UUID]:
        return list(self.adults)[1:]

    def with_section(self, section: str, facts: Facts) -> Self:
        changed: dict[str, Any] = {section: merged(getattr(self, section), facts)}
        return replace(self, **changed)

    def with_adult(self, applicant_id: UUID, facts: Facts) -> Self:
        answers = merged(self.adults.get(applicant_id, {}), facts)
        return replace(self, adults={**self.adults, applicant_id: answers})

    def without_assurances(self) -> Self:
        # The next editor gives their own.
        return self.with_section("application", dict.fromkeys(ASSURANCES))

    def without_main_answers(self) -> Self:
        """Drop what only a former main applicant answered for, so that the next one is asked."""
        return replace(self, home={}, need={}).without_assurances()

    def without_adult(self, applicant_id: UUID) -> Self:
        if applicant_id == self.main_applicant_id:
            return self
        return replace(self, adults={k: v for k, v in self.adults.items() if k != applicant_id})

    def with_resident(self, resident_id: UUID, facts: Facts) -> Self:
        answers = merged(self.residents.get(resident_id, {}), facts)
        return replace(self, residents={**self.residents, resident_id: answers})

    def without_resident(self, resident_id: UUID) -> Self:
        return replace(self, residents={k: v for k, v in self.residents.items() if k != resident_id})

    def household(self) -> Facts:
        return {
            "application": self.application,
            "home": self.home,
            "need": self.need,
            "wishes": self.wishes,
            "expecting": self.expecting,
            # The order is kept: the main applicant is the first.
            "adults": [str(applicant_id) for applicant_id in self.adults],
            "residents": [{"id": str(key), **facts} for key, facts in self.residents.items()],
        }

    def as_json(self) -> dict[str, Any]:
        people = {str(applicant_id): facts for applicant_id, facts in self.adults.items()}
        return {"household": self.household(), "people": people}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls.from_parts(stored["household"], stored["people"])

    @classmethod
    def from_parts(cls, household: Facts, people: Mapping[str, Facts]) -> Self:
        return cls(
            application=household["application"],
            home=household["home"],
            need=household["need"],
            wishes=household["wishes"],
            expecting=household["expecting"],
            adults={UUID(key): people.get(key, {}) for key in household["adults"]},
            residents={UUID(each["id"]): _without_id(each) for each in household["residents"]},
        )


def _without_id(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if name != "id"}


def merged(before: Facts, facts: Facts) -> Facts:
    """Put new answers over former ones; an emptied answer is absent, not empty.

    Contradicting answers are dropped: the code of a person who says to have none, the birth date and
    nationality of one who has a code, “only one name” of one who gives two, and what identifies or reaches
    an adult whose invitation is now to be handed over.
    """
    both = before | facts
    answers = {name: value for name, value in both.items() if is_given(both, name)}
    # A person who changes one answer may not empty the other: contradictions arrive in good faith.
    superfluous = (
        {"hetu"} if "no_hetu" in answers else {"born", "nationality"} if "hetu" in answers else set()
    )
    if "last_name" in answers and "first_names" in answers:
        superfluous |= {"one_name"}
    if is_given(facts, "by_hand") and not is_given(before, "by_hand"):
        superfluous |= NOT_BY_HAND
    return {name: value for name, value in answers.items() if name not in superfluous}


def start(main_applicant_id: UUID, *, language: str) -> Content:
    return Content(
        application={"language": language},
        adults={main_applicant_id: {"contact_language": language}},
    )


def name_in(person: Mapping[str, Any]) -> Name:
    return Name(person.get("last_name", ""), person.get("first_names", ""))


def full_name(person: Mapping[str, Any]) -> str:
    return " ".join(part for part in (person.get("first_names"), person.get("last_name")) if part)


def first_name(person: Mapping[str, Any]) -> str:
    # The first of the first names is the only name that a message uses.
    names: Iterable[str] = str(person.get("first_names") or person.get("last_name") or "").split()
    return next(iter(names), "")
