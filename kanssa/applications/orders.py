"""An order of non-disclosure that a clerk recorded of a place: it holds for whoever fills it."""

from uuid import UUID

from kanssa.applications.models import Applicant
from kanssa.vault import open_json, seal_json


def has_order(place: Applicant) -> bool:
    """Whether a clerk was told that whoever is meant by this place is protected."""
    if place.order_sealed is None:
        return False
    return bool(open_json(bytes(place.order_sealed), bound_to=_bound_to(place)))


def is_noted(place: Applicant, *, holds: bool) -> bool:
    """Whether this is already a clerk's last word of the person, or of whoever is meant by the place."""
    places = _places_of(place.person_id, place)
    if any(each.order_sealed is None or has_order(each) is not holds for each in places):
        return False
    return place.person is None or place.person.protection.get("clerk") is holds


def note_order(place: Applicant, *, holds: bool) -> None:
    """Keep a clerk's last word of a place: who was identified in it may be so anew, as another row."""
    for each in _places_of(place.person_id, place):
        each.order_sealed = seal_json(holds, bound_to=_bound_to(each))
        each.save(update_fields=["order_sealed"])


def _places_of(person_id: UUID | None, place: Applicant) -> list[Applicant]:
    """The place, or all that its person fills: what was said of them is so on each application."""
    if person_id is None:
        return [place]
    return list(Applicant.objects.filter(person=person_id).order_by("pk"))


def _bound_to(place: Applicant) -> str:
    return f"applicant:{place.pk}:order"
