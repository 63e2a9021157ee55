from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.announcements import notify_change, notify_decision
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, OwnCheck
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.departures import reinstate_adult
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.saving import save
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.UNDO_DEPARTURE)
def undo_departure(
    *,
    application_id: UUID,
    applicant_id: UUID,
    grounds: str,
    words: str,
    staff: StaffMember,
    now: datetime,
) -> None:
    """Undo a death or departure that was wrongly recorded (DOMAIN, rule 8).

    The person counts again, also as the main applicant unless another has accepted the place. If they were
    left out of a version since, they are in a new one, which asks the adults it concerns and whose earlier
    confirmation of the same facts does not count for it. An edit begun without them is discarded.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NotAllowedNow (the adult has not left, or
    left by themselves), OwnCheck (they recorded it).
    """
    require_role(staff, Role.SUPERVISOR)
    named = Applicant.objects.filter(pk=applicant_id, application_id=application_id).first()
    if named is None:
        raise NoSuchApplication
    also = [named.person_id] if named.person_id else []
    loaded, rivals = locked_with_rivals(application_id, now=now, also=also)
    require_no_conflict_of_interest(staff, loaded)
    loaded.require(Action.UNDO_DEPARTURE)
    applicant = loaded.all_applicants[applicant_id]
    # Leaving is a person's own decision, not a record that could be wrong.
    if applicant.left_at is None or applicant.has_left_by_choice:
        raise NotAllowedNow
    if applicant.left_by == staff.user_id:
        # Two people answer for a correction of this weight.
        raise OwnCheck
    # Taken before the adult is reinstated, which changes the current version.
    had_confirmed = {adult for adult in loaded.applicants if loaded.effective_confirmation_of(adult)}
    before = loaded.current
    was_main, because = applicant.left_as_main, applicant.left_because
    _clear_departure(applicant)
    # The edit was begun without the person.
    discard_draft(loaded.application)
    is_living = loaded.state in ACTIVE_STATES
    is_reinstated = is_living and reinstate_adult(loaded, applicant, actor=staff.actor)
    # Where another adult has accepted the place meanwhile, it stays theirs.
    is_main_again = was_main and applicant.is_main
    if is_living:
        update_validity(loaded, rivals, actor=staff.actor)
    else:
        save(loaded)
    record(
        EventKind.DEPARTURE_UNDONE,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        words=words,
        because=because,
        grounds=grounds,
        version=str(loaded.current.version.pk) if is_reinstated else "",
        is_main_again=is_main_again,
    )
    cause = f"taken-back:{now.isoformat()}"
    if applicant_id in loaded.applicants:
        notify_decision(loaded, applicant_id, outcome="counts-again", cause=cause)
    if is_reinstated:
        asked_to_reconfirm = {adult for adult in before.digests if not loaded.confirmation_of(adult)}
        notify_change(loaded, asked_to_reconfirm & had_confirmed, excluding=applicant_id)


def _clear_departure(applicant: Applicant) -> None:
    applicant.left_at, applicant.left_because, applicant.left_by, applicant.left_as_main = (
        None,
        "",
        None,
        False,
    )
    applicant.save(update_fields=["left_at", "left_because", "left_by", "left_as_main"])
