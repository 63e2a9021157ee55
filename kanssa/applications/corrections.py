"""What an adult is completing or correcting of their own details, before it becomes a version."""

from kanssa.applications.content import Facts
from kanssa.applications.models import Applicant
from kanssa.vault import open_json, seal_json


def correction_of(place: Applicant) -> Facts:
    """The answers kept so far; empty when nothing is being corrected."""
    if place.correction is None:
        return {}
    facts: Facts = open_json(place.correction, bound_to=_bound_to(place))
    return facts


def write_correction(place: Applicant, facts: Facts | None) -> None:
    """Keep the answers; None forgets them."""
    place.correction = None if facts is None else seal_json(facts, bound_to=_bound_to(place))
    place.save(update_fields=["correction"])


def _bound_to(place: Applicant) -> str:
    return f"applicant:{place.pk}:correction"
