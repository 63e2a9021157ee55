"""An adult's own details as they typed them last, and what the main applicant proposes instead."""

import hashlib
import json
from dataclasses import replace

from kanssa.applications.aggregate.corrections import correction_of
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.proposals import IDENTITY, TypedAnswers, proposed_changes
from kanssa.applications.content.content import Facts, merged
from kanssa.applications.content.differences import Change, answers_that_differ
from kanssa.applications.content.form import PERSON
from kanssa.applications.models import Applicant
from kanssa.applications.reading.view_models import ProposalView
from kanssa.applications.states import ACTIVE_STATES


def latest_own_facts(application: LoadedApplication, applicant: Applicant) -> Facts:
    """What the adult typed last: their record with the correction that waits, while one can be made."""
    facts = application.facts_of(applicant.pk)
    can_correct = application.state in ACTIVE_STATES and applicant.pk in application.current.digests
    return merged(facts, correction_of(applicant)) if can_correct else facts


def unsubmitted_answers(application: LoadedApplication, applicant: Applicant) -> tuple[str, ...]:
    """Names of the answers that the adult has typed and that are not in the application yet."""
    return answers_that_differ(
        PERSON, application.facts_of(applicant.pk), latest_own_facts(application, applicant)
    )


def proposal_view_of(application: LoadedApplication, applicant: Applicant) -> ProposalView | None:
    """What the main applicant typed of this adult since they identified, and they have not settled.

    It is compared with what the adult typed last. The mark is of both.
    """
    typed = application.proposals.get(applicant.pk)
    changes = proposed_changes(latest_own_facts(application, applicant), typed) if typed else []
    if typed is None or not changes or application.state not in ACTIVE_STATES:
        return None
    own = tuple(replace(change, id=applicant.pk) for change in changes)
    identity = [change for change in own if change.field and change.field.name in IDENTITY]
    return ProposalView(
        own, _mark(typed, changes), can_take=len(identity) < len(own), has_identity=bool(identity)
    )


def accepted_facts(proposed: ProposalView) -> Facts:
    """The answers that were shown to differ, as a correction; what identified the adult is not among them."""
    return {
        change.field.name: change.after
        for change in proposed.changes
        if change.field and change.field.name not in IDENTITY
    }


def _mark(typed: TypedAnswers, changes: list[Change]) -> str:
    shown = [[change.field.name, change.before, change.after] for change in changes if change.field]
    return hashlib.sha256(json.dumps([typed.mark, shown]).encode()).hexdigest()
