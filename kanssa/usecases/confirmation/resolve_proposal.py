from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.corrections import correction_of, store_correction
from kanssa.applications.aggregate.proposals import close_proposal
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.reading.own_answers import accepted_facts, proposal_view_of
from kanssa.applications.refusals import SomethingChanged
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.RESOLVE_PROPOSAL)
def resolve_proposal(
    *,
    application_id: UUID,
    applicant_id: UUID,
    mark: str,
    is_taken: bool,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Accept the main applicant's answers about oneself as a correction, or leave them.

    The main applicant sees neither. `mark` covers what was seen: no answer is replaced that the person did
    not see. A correction counts when it is submitted.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ReauthenticationRequired,
    SomethingChanged.
    """
    application = locked(application_id, now=now)
    applicant = application.require_own_applicant(identified.person_id, applicant_id)
    application.require(Action.CORRECT)
    require_reauthentication(identified)
    proposed = proposal_view_of(application, applicant)
    if proposed is None or proposed.mark != mark:
        raise SomethingChanged
    if is_taken:
        store_correction(applicant, {**correction_of(applicant), **accepted_facts(proposed)})
    # Either way it is settled; the main applicant does not see how.
    close_proposal(applicant_id, application.proposals[applicant_id])
    record(
        EventKind.PROPOSAL_ACCEPTED if is_taken else EventKind.PROPOSAL_REJECTED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
    )
