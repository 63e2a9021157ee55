"""Let an adult who was removed or left keep their own part of an application (DOMAIN, rule 6)."""

from datetime import datetime
from uuid import UUID, uuid4

from kanssa.applications.aggregate.corrections import correction_of
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.proposals import read_proposal
from kanssa.applications.aggregate.version_view import latest_facts_of, latest_version_of
from kanssa.applications.content.content import Content, Facts, merged, start
from kanssa.applications.content.form import PERSON
from kanssa.applications.models import LEFT, Applicant, Confirmation, Proposal

_OF_THE_IDENTIFICATION = ("last_name", "first_names", "one_name", "hetu", "no_hetu", "born", "nationality")
"""Answers that their identification agreed with, or that the desk compared with a document."""


def parted_applicant(loaded: LoadedApplication, person_id: UUID) -> Applicant | None:
    """Give the adult that a person was here last; None if they never were, or still take part."""
    rows = [each for each in loaded.all_applicants.values() if each.person_id == person_id]
    parted = {at: each for each in rows if (at := parted_at(each)) is not None}
    return parted[max(parted)] if parted and len(parted) == len(rows) else None


def parted_at(applicant: Applicant) -> datetime | None:
    """Give when an adult left or was removed; None while they take part."""
    return applicant.left_at if applicant.left_because == LEFT else applicant.removed_at


def copied_own_part(applicant: Applicant, *, language: str) -> Content:
    """Build a draft of which they are the main applicant: their own details, and the wishes they shared.

    Nothing of the home, the need or another person: others typed that.
    """
    own = _own_answers(applicant)
    draft = start(uuid4(), language=own.get("contact_language") or language)
    shared = latest_version_of(applicant)
    draft = draft.with_section("wishes", shared.content.wishes if shared else {})
    return draft.with_adult(draft.main_applicant_id, own)


def _own_answers(applicant: Applicant) -> Facts:
    """Give what the person typed or confirmed about themselves; of what another typed, the name and code."""
    facts = latest_facts_of(applicant)
    typed = Proposal.objects.filter(pk=applicant.pk).first()
    has_confirmed = Confirmation.objects.filter(applicant=applicant, person=applicant.person).exists()
    if typed is not None and not has_confirmed:
        by_another = read_proposal(typed).facts
        facts = {
            name: answer
            for name, answer in facts.items()
            if name in _OF_THE_IDENTIFICATION or by_another.get(name) != answer
        }
    own = merged(facts, correction_of(applicant))
    return {field.name: own[field.name] for field in PERSON if field.name in own}
