from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.corrections import correction_of, store_correction
from kanssa.applications.aggregate.drafts import require_size
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.content import Facts
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.CORRECT)
def save_own_details(
    *,
    application_id: UUID,
    applicant_id: UUID,
    facts: Facts,
    identified: Identified,
    actor: Actor,  # noqa: ARG001 every use case takes it; no event before the correction is submitted
    now: datetime,
) -> None:
    """Store one page of an adult's own details until they put it into the application.

    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ReauthenticationRequired,
    DraftTooLarge.
    """
    application = locked(application_id, now=now, reader=identified)
    applicant = application.require_own_applicant(identified.person_id, applicant_id)
    application.require(Action.CORRECT)
    require_reauthentication(identified, is_active=application.rows.is_session_active)
    correction = {**correction_of(applicant), **facts}
    # Stored input is bounded, as a draft is.
    require_size(correction)
    store_correction(applicant, correction)
