"""Store the changes that an adult makes to their own details until they become a version."""

from datetime import date

from kanssa.applications.content.content import Facts
from kanssa.applications.content.form import is_given
from kanssa.applications.models import Applicant
from kanssa.values.hetu import Hetu
from kanssa.vault import open_json, seal_json


def correction_of(applicant: Applicant) -> Facts:
    if applicant.correction is None:
        return {}
    facts: Facts = open_json(applicant.correction, bound_to=_bound_to(applicant))
    return facts


def store_correction(applicant: Applicant, facts: Facts | None) -> None:
    applicant.correction = None if facts is None else seal_json(facts, bound_to=_bound_to(applicant))
    applicant.save(update_fields=["correction"])


def keep_proven_identity(applicant: Applicant, facts: Facts, *, hetu: Hetu | None, born: date | None) -> None:
    """Note a person's proven identity among their own details, where only their name had been typed."""
    if is_given(facts, "hetu") or is_given(facts, "born") or (hetu is None and born is None):
        return
    known: Facts = (
        {"hetu": hetu.code} if hetu else {"no_hetu": True, "born": born.isoformat() if born else ""}
    )
    store_correction(applicant, {**correction_of(applicant), **known})


def _bound_to(applicant: Applicant) -> str:
    return f"applicant:{applicant.pk}:correction"
