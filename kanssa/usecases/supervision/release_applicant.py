from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import Confirmation
from kanssa.applications.notifications.announcements import notify_decision
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, OwnCheck
from kanssa.applications.states import ACTIVE_STATES
from kanssa.applications.transitions.annulments import annul, applications_ended_by, require_not_own_action
from kanssa.applications.transitions.locking import locked_together
from kanssa.applications.transitions.release import decision_behind, release_applicant_row
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def release_applicant(
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
    shown to nobody before they have identified. Refuses: NotYourRole, NoSuchApplication, ConflictingInterest,
    NotAllowedNow (no decision filled it, or the application has ended), OwnCheck (they decided it).
    """
    require_role(staff, Role.SUPERVISOR)
    given = Confirmation.objects.filter(applicant_id=applicant_id, ended_at=None)
    ids = [application_id, *sorted(applications_ended_by(given) - {application_id})]
    [loaded, *victims], rivals = locked_together(ids, now=now)
    require_no_conflict_of_interest(staff, loaded)
    applicant = loaded.applicants.get(applicant_id)
    if applicant is None:
        raise NoSuchApplication
    decision = decision_behind(applicant)
    if decision is None or loaded.state not in ACTIVE_STATES:
        raise NotAllowedNow
    if decision.decided_by == staff.user_id:
        raise OwnCheck
    for each in loaded.active_confirmations_of(applicant_id):
        require_not_own_action(each, staff)
        annul(each, loaded, [*victims, *rivals], grounds=grounds, words=words, actor=actor)
    if applicant.is_main:
        discard_draft(loaded.application)
    notify_decision(loaded, applicant_id, outcome="freed", cause=f"freed:{decision.pk}")
    release_applicant_row(loaded, applicant)
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
