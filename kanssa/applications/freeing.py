"""Taking a place from whom a clerk took for the one who is named."""

from kanssa.applications.household import Household
from kanssa.applications.keeping import keep
from kanssa.applications.models import Applicant, Task


def decision_that_filled(place: Applicant) -> Task | None:
    """The clerk's yes by which the person fills the place; None where they came otherwise."""
    if place.identification_id is None:
        return None
    return place.tasks.filter(outcome="accepted", identification=place.identification_id).first()


def free(household: Household, place: Applicant) -> None:
    """Let nobody fill a place any more; what was begun in it is not for whoever comes to see."""
    place.person_id = place.identified_at = place.identification_id = place.correction = None
    place.freed_at = household.now
    place.save(update_fields=["person", "identified_at", "identification", "correction", "freed_at"])
    keep(household)
