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
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def annul_confirmation(
    *, confirmation_id: UUID, grounds: str, words: str, staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A supervisor ends a confirmation that was forged or rests on a mistake (DOMAIN, rule 8).

    What the application's becoming valid had ended elsewhere lives again, if it still has time and
    its adults are not valid elsewhere. Whoever gave it is written to. Refuses: NotYourRole,
    NoSuchConfirmation, ConfirmationEnded, ConflictingInterest, OwnCheck (it rests on an identification that
    they made at the desk or decided, or on their yes to a task).
    """
    require_role(staff, Role.SUPERVISOR)
    annulled = Confirmation.objects.filter(pk=confirmation_id).first()
    if annulled is None:
        raise NoSuchConfirmation
    ids = [annulled.application_id, *sorted(applications_ended_by([annulled]) - {annulled.application_id})]
    [application, *victims], rivals = locked_together(ids, now=now)
    require_no_conflict_of_interest(staff, application)
    require_not_own_action(annulled, staff)
    application.require(Action.ANNUL)
    given = next(each for each in application.confirmations if each.pk == confirmation_id)
    if given.ended_because == ANNULLED:
        raise ConfirmationEnded
    annul(given, application, [*victims, *rivals], grounds=grounds, words=words, actor=actor)
    if application.state in ACTIVE_STATES and annulled.applicant_id in application.applicants:
        notify_decision(application, annulled.applicant_id, outcome="unconfirmed", cause=str(confirmation_id))
