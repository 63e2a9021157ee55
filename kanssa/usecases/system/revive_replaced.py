from datetime import datetime
from uuid import UUID

from kanssa.applications.models import Applicant
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked_together
from kanssa.applications.transitions.revivals import applications_lost_to, revive
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.REVIVE_REPLACED)
def revive_replaced(*, applicant_id: UUID, actor: Actor, now: datetime) -> None:
    """Revive what the confirmation of an adult who was removed or left had replaced (DOMAIN, rule 6).

    Only that person's confirmations, only if the application still has time, and not if one of its adults is
    valid elsewhere by now. Running it twice does it once. Refuses: NoSuchApplication.
    """
    gone = Applicant.objects.filter(pk=applicant_id, revival_due_at__isnull=False).first()
    if gone is None or gone.person_id is None:
        return
    # The applications that may revive are locked in the same step: two steps could deadlock.
    lost = applications_lost_to(gone.application_id, person_id=gone.person_id)
    ids = [gone.application_id, *sorted(lost - {gone.application_id})]
    [left, *victims], rivals = locked_together(ids, now=now, also=[gone.person_id])
    if left.all_applicants[applicant_id].revival_due_at is None:
        return
    Applicant.objects.filter(pk=applicant_id).update(revival_due_at=None)
    for victim in victims:
        others = [left, *rivals, *(each for each in victims if each is not victim)]
        revive(
            victim,
            others,
            ended_for=gone.application_id,
            only_of=gone.person_id,
            actor=actor,
        )
