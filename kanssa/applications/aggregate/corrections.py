"""Store the changes that an adult makes to their own details until they become a version."""

from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.vault import open_json, seal_json


def correction_of(applicant: Applicant) -> Facts:
    if applicant.correction is None:
        return {}
    facts: Facts = open_json(applicant.correction, bound_to=_bound_to(applicant))
    return facts


def store_correction(applicant: Applicant, facts: Facts | None) -> None:
    applicant.correction = None if facts is None else seal_json(facts, bound_to=_bound_to(applicant))
    applicant.save(update_fields=["correction"])


def _bound_to(applicant: Applicant) -> str:
    return f"applicant:{applicant.pk}:correction"
