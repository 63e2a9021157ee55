"""Keep the main applicant's typed answers about an adult who controls their own details.

The view of the other adults must not reveal that an adult has identified. From that moment the typed
answers are stored apart as a proposal, which the main applicant sees and changes; the record is the adult's
own.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.differences import Change, changes_between
from kanssa.applications.content.form import PERSON
from kanssa.applications.models.proposals import Proposal
from kanssa.vault import open_json, seal_json

if TYPE_CHECKING:
    pass

IDENTITY = ("hetu", "no_hetu", "born", "nationality")
"""Identifies an adult: only a clerk changes it."""
_NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """The answers that the main applicant typed; `open` names those that wait for the adult.

    `mark` differs for each stored value.
    """

    facts: Facts
    open: frozenset[str] = frozenset()
    mark: str = ""


def store_typed_answers(applicant_id: UUID, facts: Facts) -> TypedAnswers:
    typed = TypedAnswers(facts)
    row = Proposal(applicant_id=applicant_id, sealed=seal_typed_answers(applicant_id, typed))
    # The first identification fixes the typed answers: a later one changes nothing.
    Proposal.objects.bulk_create([row], ignore_conflicts=True)
    return typed


def typed_answers_of(applicant_ids: Iterable[UUID]) -> dict[UUID, TypedAnswers]:
    return {row.pk: read_proposal(row) for row in Proposal.objects.filter(pk__in=list(applicant_ids))}


def propose(applicant_id: UUID, before: TypedAnswers, facts: Facts) -> frozenset[str]:
    """Store the answers that the main applicant types now; gives the names of those that differ."""
    # How the invitation comes is no detail of the adult, and leaves theirs as they are.
    names = frozenset(field.name for field in PERSON) - {"by_hand"}
    if facts.get("by_hand"):
        names &= facts.keys()
    changed = frozenset(name for name in names if before.facts.get(name) != facts.get(name))
    if before.facts != facts:
        # Answers that already wait stay open until the adult settles them.
        _write(applicant_id, TypedAnswers(facts, before.open | changed))
    return changed


def proposed_changes(facts: Facts, typed: TypedAnswers) -> list[Change]:
    before, after = (Content(adults={_NO_ID: each}) for each in (facts, typed.facts))
    changes = changes_between(before, after)
    return [each for each in changes if each.field and each.field.name in typed.open]


def close_proposal(applicant_id: UUID, typed: TypedAnswers) -> None:
    # The main applicant still sees the typed answers, so they stay.
    _write(applicant_id, TypedAnswers(typed.facts))


def _write(applicant_id: UUID, typed: TypedAnswers) -> None:
    sealed = seal_typed_answers(applicant_id, typed)
    Proposal.objects.update_or_create(pk=applicant_id, defaults={"sealed": sealed})


def seal_typed_answers(applicant_id: UUID, typed: TypedAnswers) -> bytes:
    contents = {"typed": typed.facts, "open": sorted(typed.open)}
    return seal_json(contents, bound_to=_bound_to(applicant_id))


def read_proposal(row: Proposal) -> TypedAnswers:
    said = open_json(row.sealed, bound_to=_bound_to(row.pk))
    return TypedAnswers(said["typed"], frozenset(said["open"]), hashlib.sha256(row.sealed).hexdigest())


def _bound_to(applicant_id: UUID) -> str:
    return f"proposal:{applicant_id}"
