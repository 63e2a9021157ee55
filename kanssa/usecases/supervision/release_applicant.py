from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import Confirmation
from kanssa.applications.notifications.announcements import notify_decision
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, OwnCheck
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.annulments import annul, applications_ended_by, require_not_own_action
from kanssa.applications.transitions.locking import locked_together
from kanssa.applications.transitions.release import decision_behind, release_applicant_row
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.RELEASE)
def release_applicant(
    *,
    application_id: UUID,
    applicant_id: UUID,
    grounds: str,
    words: str,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Undo a clerk's wrong decision that matched a person to an applicant (`decide_task`).

    Their confirmations there are annulled, as by `annul_confirmation`. The applicant is free for the right
    person, and shown to no one before they have identified.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow (no decision led to the
    claim, or the application has ended), OwnCheck (they decided it).
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
    # Before the release: the confirmations are found by the applicant.
    for each in loaded.active_confirmations_of(applicant_id):
        require_not_own_action(each, staff)
        annul(each, loaded, [*victims, *rivals], grounds=grounds, words=words, actor=staff.actor)
    # The open edit holds what only this person may see.
    if applicant.is_main:
        discard_draft(loaded.application)
    # Before the release: afterwards their own address is no longer known to be theirs.
    notify_decision(loaded, applicant_id, outcome="freed", cause=f"freed:{decision.pk}")
    release_applicant_row(loaded, applicant)
    record(
        EventKind.APPLICANT_RELEASED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        task=str(decision.pk),
        grounds=grounds,
    )
