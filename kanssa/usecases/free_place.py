from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_decided
from kanssa.applications.annulling import annul, lost_to, require_not_own
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.drafts import drop_draft
from kanssa.applications.freeing import decision_that_filled, free
from kanssa.applications.keeping import locked_together
from kanssa.applications.models import Confirmation
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, OwnCheck
from kanssa.applications.states import LIVING
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def free_place(
    *,
    application_id: UUID,
    applicant_id: UUID,
    grounds: str,
    words: str,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A supervisor takes a place from whom a clerk wrongly took for the one who is named (`decide_task`).

    What they confirmed in it is annulled, as `annul_confirmation` does. It is free for whoever is meant, and
    shown to nobody before they have identified. Refuses: NotYourRole, NoSuchApplication, OwnHousehold,
    NotAllowedNow (no decision filled it, or the application has ended), OwnCheck (they decided it).
    """
    require_role(staff, Role.SUPERVISOR)
    given = Confirmation.objects.filter(applicant_id=applicant_id, ended_at=None)
    ids = [application_id, *sorted(lost_to(given) - {application_id})]
    [household, *victims], rivals = locked_together(ids, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    decision = decision_that_filled(place)
    if decision is None or household.state not in LIVING:
        raise NotAllowedNow
    if decision.decided_by == staff.user_id:
        raise OwnCheck
    for each in household.living_confirmations_of(applicant_id):
        require_not_own(each, staff)
        annul(each, household, [*victims, *rivals], grounds=grounds, words=words, actor=actor)
    if place.is_main:
        drop_draft(household.application)
    tell_decided(household, applicant_id, outcome="freed", cause=f"freed:{decision.pk}")
    free(household, place)
    record(
        "place-freed",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        task=str(decision.pk),
        grounds=grounds,
    )
