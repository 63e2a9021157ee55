from datetime import datetime

from kanssa.applications import announcements
from kanssa.applications.household import Household
from kanssa.applications.places import applications_naming, empty_place_for
from kanssa.applications.states import LIVING
from kanssa.applications.validity import confirming_time_from
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def take_places(*, identified: Identified, actor: Actor, now: datetime) -> None:
    """Let an identified person fill the places that wait for them.

    Filling the main applicant's place sends the invitations: not before, else anybody could
    have us write to anybody (DOMAIN, Messages).
    """
    for application_id in applications_naming(identified):
        _take(Household.locked(application_id), identified, actor, now)


def _take(household: Household, identified: Identified, actor: Actor, now: datetime) -> None:
    place = empty_place_for(identified, household)
    if place is None or household.state(now=now) not in LIVING:
        return
    place.person_id = identified.person_id
    place.identified_at = now
    place.identification_id = identified.id
    place.save(update_fields=["person", "identified_at", "identification"])
    record(
        "place-taken",
        actor=actor,
        now=now,
        application_id=household.application.pk,
        applicant_id=place.pk,
        identification=str(identified.id),
    )
    if place.is_main and len(household.applicants) > 1:
        _invite_all(household, now)


def _invite_all(household: Household, now: datetime) -> None:
    application = household.application
    application.first_invited_at = now
    if application.sent_at and application.confirm_by:
        longer = confirming_time_from(application.sent_at, invited_at=now)
        application.confirm_by = max(application.confirm_by, longer)
    application.save(update_fields=["first_invited_at", "confirm_by"])
    for applicant in household.applicants.values():
        if household.can_be_invited(applicant.pk):
            announcements.invite(household, applicant, now=now)
