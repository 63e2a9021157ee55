"""Keep adults of an application from acting for each other (DOMAIN, The desk)."""

from collections.abc import Iterator
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import name_in
from kanssa.values.names import Name


def names_another_adult(typed: str, application: LoadedApplication, applicant_id: UUID) -> bool:
    """Tell whether a representative's name, in any order, is that of another adult of the application."""
    others = [application.facts_of(key) for key in application.applicants if key != applicant_id]
    return any(name_in(facts).agreement(name).both for facts in others for name in _readings_of(typed))


def _readings_of(typed: str) -> Iterator[Name]:
    words = typed.split()
    for number in range(1, len(words)):
        first, last = " ".join(words[:number]), " ".join(words[number:])
        yield from (Name(last, first), Name(first, last))
