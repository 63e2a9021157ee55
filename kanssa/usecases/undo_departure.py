from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_change, tell_decided, tell_main_applicant_passed
from kanssa.applications.departures import give_main_place_back, stand_again
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.drafts import drop_draft
from kanssa.applications.keeping import keep, locked_with_rivals
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, OwnCheck
from kanssa.applications.states import LIVING, Deed
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def undo_departure(
    *,
    application_id: UUID,
    applicant_id: UUID,
    grounds: str,
    words: str,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A supervisor takes back a death or departure that was wrongly recorded (DOMAIN, rule 8).

    The person counts again, and has the main applicant's place again if they lost it by this. Left out
    of a version since, they stand in a new one, which asks whom it concerns and whose former
    confirmation of the same does not count for it. What was being edited without them is forgotten.
    Refuses: NotYourRole, NoSuchApplication, OwnHousehold, NotAllowedNow (nobody left), OwnCheck (they
    recorded it).
    """
    require_role(staff, Role.SUPERVISOR)
    named = Applicant.objects.filter(pk=applicant_id, application_id=application_id).first()
    if named is None:
        raise NoSuchApplication
    also = [named.person_id] if named.person_id else []
    household, rivals = locked_with_rivals(application_id, now=now, also=also)
    require_stranger(staff, household)
    household.require(Deed.UNDO_DEPARTURE)
    place = household.places[applicant_id]
    if place.left_at is None:
        raise NotAllowedNow
    if place.left_by == staff.user_id:
        raise OwnCheck
    had_confirmed = {adult for adult in household.applicants if household.carrying(adult)}
    before = household.standing
    was_main, because = place.left_as_main, place.left_because
    _forget(place)
    drop_draft(household.application)
    is_living = household.state in LIVING
    stands_anew = is_living and stand_again(household, place, actor=actor)
    is_main_again = was_main and give_main_place_back(household, place)
    if is_living:
        weigh(household, rivals, actor=actor)
    else:
        keep(household)
    record(
        "departure-taken-back",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        because=because,
        grounds=grounds,
        version=str(household.standing.version.pk) if stands_anew else "",
        is_main_again=is_main_again,
    )
    cause = f"taken-back:{now.isoformat()}"
    if is_main_again:
        tell_main_applicant_passed(household, cause=cause)
    if applicant_id in household.applicants:
        tell_decided(household, applicant_id, outcome="counts-again", cause=cause)
    if stands_anew:
        asked = {adult for adult in before.digests if not household.confirmation_of(adult)}
        tell_change(household, asked & had_confirmed, but=applicant_id)


def _forget(place: Applicant) -> None:
    place.left_at, place.left_because, place.left_by, place.left_as_main = None, "", None, False
    place.save(update_fields=["left_at", "left_because", "left_by", "left_as_main"])
