from datetime import datetime
from uuid import UUID

from kanssa.applications.announcements import tell_main_applicant_passed
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite_all
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant
from kanssa.applications.places import applications_naming, empty_place_for
from kanssa.applications.proof import has_proof
from kanssa.applications.proposals import keep_as_typed
from kanssa.applications.states import LIVING
from kanssa.applications.validity import pass_open_main_place
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def take_places(*, identified: Identified, sent_here: UUID | None, actor: Actor, now: datetime) -> None:
    """Let an identified person fill the places that wait for them.

    Filling the main applicant's place sends the invitations, if they identified in the browser
    that sent the application (`sent_here`). Elsewhere they leave when the main applicant confirms
    or asks for them: a stranger may have typed this person's name and code as a sender's. A password alone
    fills no place.
    """
    if not has_proof(identified):
        return
    for application_id in applications_naming(identified):
        household = locked(application_id, now=now)
        place = _take(household, identified, actor, now)
        if place is None:
            continue
        if place.is_main and application_id == sent_here:
            invite_all(household)
        if pass_open_main_place(household):
            tell_main_applicant_passed(household, cause=f"identified:{identified.id}")
        keep(household)


def _take(household: Household, identified: Identified, actor: Actor, now: datetime) -> Applicant | None:
    """Fill the place that is theirs, if one is."""
    place = empty_place_for(identified, household)
    if place is None or household.state not in LIVING:
        return None
    keep_as_typed(place, household.facts_of(place.pk))
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
    return place
