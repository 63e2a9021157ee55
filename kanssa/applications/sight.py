"""What a viewer may see of an application: decided here, and nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from kanssa.applications.content import Content, Facts, full_name
from kanssa.applications.form import PERSON, missing_fields
from kanssa.applications.household import Household


@dataclass(frozen=True, slots=True)
class OtherAdult:
    """Of another adult: the name, what is still missing of them, and whether they have confirmed.

    Never when, where or how; `missing` names the required fields that are not given, never an answer.
    """

    applicant_id: UUID
    name: str
    is_main: bool
    has_confirmed: bool
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """An application as one of its adults may see it (DOMAIN, Who sees what)."""

    household: Content
    own: Facts
    others: tuple[OtherAdult, ...]


def seen_by(applicant_id: UUID, household: Household) -> Seen:
    """What the adult in this place sees: the household's facts, their own, little of others."""
    content = household.standing.content
    return Seen(
        household=_without_adults(content),
        own=content.adults[applicant_id],
        others=tuple(other_adult(adult, household) for adult in content.adults if adult != applicant_id),
    )


def other_adult(applicant_id: UUID, household: Household) -> OtherAdult:
    """What everybody else on the application sees of one adult."""
    facts = household.standing.content.adults[applicant_id]
    return OtherAdult(
        applicant_id=applicant_id,
        name=full_name(facts),
        is_main=household.applicants[applicant_id].is_main,
        has_confirmed=household.confirmation_of(applicant_id) is not None,
        missing=frozenset(missing_fields(PERSON, facts)),
    )


def _without_adults(content: Content) -> Content:
    return Content(
        application=content.application,
        home=content.home,
        need=content.need,
        wishes=content.wishes,
        expecting=content.expecting,
        residents=content.residents,
    )
