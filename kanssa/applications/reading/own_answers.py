"""An adult's own details as they last typed them, and the main applicant's proposal beside them."""

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
    facts = application.facts_of(applicant.pk)
    can_correct = application.state in ACTIVE_STATES and applicant.pk in application.current.digests
    return merged(facts, correction_of(applicant)) if can_correct else facts


def unsubmitted_answers(application: LoadedApplication, applicant: Applicant) -> tuple[str, ...]:
    return answers_that_differ(
        PERSON, application.facts_of(applicant.pk), latest_own_facts(application, applicant)
    )


def proposal_view_of(application: LoadedApplication, applicant: Applicant) -> ProposalView | None:
    """Give the main applicant's open answers about this adult, compared with what the adult typed last.

    None if nothing differs. The mark covers both sides.
    """
    typed = application.proposals.get(applicant.pk)
    changes = proposed_changes(latest_own_facts(application, applicant), typed) if typed else []
    if typed is None or not changes or application.state not in ACTIVE_STATES:
        return None
    own = tuple(replace(change, id=applicant.pk) for change in changes)
    identity = [change for change in own if change.field and change.field.name in IDENTITY]
    return ProposalView(
        # Identity data is corrected by the adult alone, never taken from another.
        own,
        _mark(typed, changes),
        can_take=len(identity) < len(own),
        has_identity=bool(identity),
    )


def accepted_facts(proposed: ProposalView) -> Facts:
    return {
        change.field.name: change.after
        for change in proposed.changes
        if change.field and change.field.name not in IDENTITY
    }


def _mark(typed: TypedAnswers, changes: list[Change]) -> str:
    # Over both sides: a change of either since the page was shown makes the answer stale.
    shown = [[change.field.name, change.before, change.after] for change in changes if change.field]
    return hashlib.sha256(json.dumps([typed.mark, shown]).encode()).hexdigest()
