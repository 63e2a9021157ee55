"""An adult's own details as they typed them last, and what the main applicant proposes instead."""

import hashlib
import json
from dataclasses import replace

from kanssa.applications.changes import Change, answers_that_differ
from kanssa.applications.content import Facts, merged
from kanssa.applications.corrections import correction_of
from kanssa.applications.form import PERSON
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.proposals import IDENTITY, Typed, proposed_changes
from kanssa.applications.readings import Proposed
from kanssa.applications.states import LIVING


def latest_own(household: Household, place: Applicant) -> Facts:
    """What the adult typed last: their record with the correction that waits, while one can be made."""
    facts = household.facts_of(place.pk)
    can_correct = household.state in LIVING and place.pk in household.standing.digests
    return merged(facts, correction_of(place)) if can_correct else facts


def waiting_in(household: Household, place: Applicant) -> tuple[str, ...]:
    """Names of the answers that the adult has typed and that are not in the application yet."""
    return answers_that_differ(PERSON, household.facts_of(place.pk), latest_own(household, place))


def proposed_to(household: Household, place: Applicant) -> Proposed | None:
    """What the main applicant typed of this adult since they identified, and they have not settled.

    It is compared with what the adult typed last. The mark is of both.
    """
    typed = household.proposals.get(place.pk)
    changes = proposed_changes(latest_own(household, place), typed) if typed else []
    if typed is None or not changes or household.state not in LIVING:
        return None
    own = tuple(replace(change, id=place.pk) for change in changes)
    identity = [change for change in own if change.field and change.field.name in IDENTITY]
    return Proposed(
        own, _mark(typed, changes), can_take=len(identity) < len(own), has_identity=bool(identity)
    )


def to_take_over(proposed: Proposed) -> Facts:
    """The answers that were shown to differ, as a correction; what identified the adult is not among them."""
    return {
        change.field.name: change.after
        for change in proposed.changes
        if change.field and change.field.name not in IDENTITY
    }


def _mark(typed: Typed, changes: list[Change]) -> str:
    shown = [[change.field.name, change.before, change.after] for change in changes if change.field]
    return hashlib.sha256(json.dumps([typed.mark, shown]).encode()).hexdigest()
