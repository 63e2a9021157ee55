"""What a clerk may look at, and why."""

from enum import StrEnum

from django.db.models import Q

from kanssa.accounts.own_people import require_strangers
from kanssa.accounts.staff import StaffMember
from kanssa.applications.household import Household


class Reason(StrEnum):
    """Why somebody of the staff looks at an application."""

    VISIT = "visit"
    CONTACT = "contact"
    TASK = "task"
    REVIEW = "review"
    CORRECTION = "correction"


def require_stranger(staff: StaffMember, household: Household) -> None:
    """Let no clerk handle an application of their own household. Refuses: OwnHousehold."""
    places = household.application.applicants.filter(removed_at=None)
    lookups = {
        bytes(lookup)
        for pair in places.filter(Q(hetu_lookup__isnull=False) | Q(person__isnull=False)).values_list(
            "hetu_lookup", "person__hetu_lookup"
        )
        for lookup in pair
        if lookup is not None
    }
    require_strangers(staff, lookups)
