"""Letters on paper, for adults without e-mail: what one is about."""

from enum import StrEnum

from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.states import LIVING


class LetterAbout(StrEnum):
    """What a letter tells an adult."""

    RECEIVED = "received"
    INVITED = "invited"
    CHANGED = "changed"
    CONFIRMED = "confirmed"


def letter_about(place: Applicant, household: Household) -> LetterAbout | None:
    """What is to be written to an adult; None when nothing is: it has ended, or they left or were removed."""
    is_over = household.state not in LIVING or place.left_at is not None
    if is_over or place.pk not in household.standing.digests:
        return None
    if household.confirmation_of(place.pk):
        return LetterAbout.CONFIRMED
    if household.has_waiting and household.carrying(place.pk):
        return LetterAbout.CHANGED
    return LetterAbout.RECEIVED if place.is_main else LetterAbout.INVITED
