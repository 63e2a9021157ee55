from datetime import datetime
from typing import Any
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.asking_refusals import refuse_asking
from kanssa.applications.refusals import ConfirmedAlready
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.DECLINE)
def decline_application(
    *,
    application_id: UUID,
    applicant_id: UUID,
    refuses_asking: bool = False,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that an adult will not confirm (DOMAIN, rule 6). They can still confirm later.

    No message is sent, the person gets no further reminders, and the others see nothing. With
    `refuses_asking` they are also not asked again at this main applicant's request, here or on other
    applications, until they confirm or take it back; the main applicant sees no difference.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ReauthenticationRequired,
    ConfirmedAlready.
    """
    application = locked(application_id, now=now)
    application.require(Action.DECLINE)
    applicant = application.require_own_applicant(identified.person_id, applicant_id)
    require_reauthentication(identified)
    if application.confirmation_of(applicant_id) is not None:
        raise ConfirmedAlready
    on_row: dict[str, Any] = {"application_id": application_id, "applicant_id": applicant_id}
    # Pressing twice declines once.
    if applicant.declined_at is None:
        applicant.declined_at = now
        applicant.save(update_fields=["declined_at"])
        save(application)
        record(EventKind.DECLINED, actor=actor, now=now, **on_row)
    # Also by itself later: a person may want it only when they are asked for the third time.
    if refuses_asking and not applicant.is_main and refuse_asking(application, applicant):
        record(EventKind.ASKING_REFUSED, actor=actor, now=now, **on_row)
