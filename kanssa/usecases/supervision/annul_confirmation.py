from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import Confirmation
from kanssa.applications.notifications.announcements import notify_decision
from kanssa.applications.refusals import ConfirmationEnded, NoSuchConfirmation
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.annulments import (
    ANNULLED,
    annul,
    applications_ended_by,
    require_not_own_action,
)
from kanssa.applications.transitions.locking import locked_together
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.ANNUL)
def annul_confirmation(
    *, confirmation_id: UUID, grounds: str, words: str, staff: StaffMember, now: datetime
) -> None:
    """Annul a confirmation that was forged or depends on a mistake (DOMAIN, rule 8).

    Confirmations that ended elsewhere when the application became valid are active again, if they still
    have time and their adults are not valid elsewhere. A message goes to the adult who had confirmed.
    Refuses: NotYourRole, NoSuchConfirmation, ConfirmationEnded, ConflictingInterest, OwnCheck (the
    confirmation depends on an identification that they made at the desk or decided, or on a task that they
    accepted).
    """
    require_role(staff, Role.SUPERVISOR)
    annulled = Confirmation.objects.filter(pk=confirmation_id).first()
    if annulled is None:
        raise NoSuchConfirmation
    # The applications that may be revived are locked too, in one step: two steps could deadlock.
    ids = [annulled.application_id, *sorted(applications_ended_by([annulled]) - {annulled.application_id})]
    [application, *victims], rivals = locked_together(ids, now=now)
    require_no_conflict_of_interest(staff, application)
    require_not_own_action(annulled, staff)
    application.require(Action.ANNUL)
    given = next(each for each in application.confirmations if each.pk == confirmation_id)
    if given.ended_because == ANNULLED:
        raise ConfirmationEnded
    annul(given, application, [*victims, *rivals], grounds=grounds, words=words, actor=staff.actor)
    if application.state in ACTIVE_STATES and annulled.applicant_id in application.applicants:
        notify_decision(application, annulled.applicant_id, outcome="unconfirmed", cause=str(confirmation_id))
