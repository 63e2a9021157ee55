"""Letters on paper, for adults without e-mail: what one is about."""

from enum import StrEnum

from kanssa.applications.address_troubles import refuses_mail_at
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
    """What is to be written to an adult; None where no paper may go, as no e-mail would.

    It has ended, or they left or were removed. They declined, or their mailbox said “not for me”.
    Or whoever typed the application could have us write to strangers: a co-applicant is invited
    once the main applicant has identified. The main applicant's own letter needs none of that.
    """
    is_over = household.state not in LIVING or place.left_at is not None
    if is_over or place.pk not in household.standing.digests:
        return None
    if household.confirmation_of(place.pk):
        return LetterAbout.CONFIRMED
    if _wants_none(place, household):
        return None
    if household.has_waiting and household.carrying(place.pk):
        return LetterAbout.CHANGED
    if place.is_main:
        return LetterAbout.RECEIVED
    is_known = place.person_id is not None or household.main_applicant.person_id is not None
    return LetterAbout.INVITED if is_known else None


def _wants_none(place: Applicant, household: Household) -> bool:
    """Whether they declined, or “not for me” was said at the address that still stands for them."""
    if place.person_id is not None:
        return place.declined_at is not None
    return refuses_mail_at(place, household.facts_of(place.pk).get("email", ""))
