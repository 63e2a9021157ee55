"""What an adult is completing or correcting of their own details, before it becomes a version."""

from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.vault import open_json, seal_json


def correction_of(applicant: Applicant) -> Facts:
    """The answers kept so far; empty when nothing is being corrected."""
    if applicant.correction is None:
        return {}
    facts: Facts = open_json(applicant.correction, bound_to=_bound_to(applicant))
    return facts


def store_correction(applicant: Applicant, facts: Facts | None) -> None:
    """Keep the answers; None forgets them."""
    applicant.correction = None if facts is None else seal_json(facts, bound_to=_bound_to(applicant))
    applicant.save(update_fields=["correction"])


def _bound_to(applicant: Applicant) -> str:
    return f"applicant:{applicant.pk}:correction"
