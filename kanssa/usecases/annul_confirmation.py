from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_decided
from kanssa.applications.annulling import ANNULLED, annul, lost_to, require_not_own
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.keeping import locked_together
from kanssa.applications.models import Confirmation
from kanssa.applications.refusals import ConfirmationEnded, NoSuchConfirmation
from kanssa.applications.states import LIVING, Deed
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def annul_confirmation(
    *, confirmation_id: UUID, grounds: str, words: str, staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A supervisor ends a confirmation that was forged or rests on a mistake (DOMAIN, rule 8).

    What the application's becoming valid had ended elsewhere lives again, if it still has time and
    its adults are not valid elsewhere. Whoever gave it is written to. Refuses: NotYourRole,
    NoSuchConfirmation, ConfirmationEnded, OwnHousehold, OwnCheck (it rests on an identification that
    they made at the desk or decided, or on their yes to a task).
    """
    require_role(staff, Role.SUPERVISOR)
    annulled = Confirmation.objects.filter(pk=confirmation_id).first()
    if annulled is None:
        raise NoSuchConfirmation
    ids = [annulled.application_id, *sorted(lost_to([annulled]) - {annulled.application_id})]
    [household, *victims], rivals = locked_together(ids, now=now)
    require_stranger(staff, household)
    require_not_own(annulled, staff)
    household.require(Deed.ANNUL)
    given = next(each for each in household.confirmations if each.pk == confirmation_id)
    if given.ended_because == ANNULLED:
        raise ConfirmationEnded
    annul(given, household, [*victims, *rivals], grounds=grounds, words=words, actor=actor)
    if household.state in LIVING and annulled.applicant_id in household.applicants:
        tell_decided(household, annulled.applicant_id, outcome="unconfirmed", cause=str(confirmation_id))
