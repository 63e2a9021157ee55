from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.claims import claimable_applicant
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.reauthentication import is_reauthenticated
from kanssa.applications.models import Applicant
from kanssa.applications.states import ACTIVE_STATES
from kanssa.applications.transitions.invitations import invite_all
from kanssa.applications.transitions.locking import locked_waiting_for
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def claim_applicants(*, identified: Identified, sent_here: UUID | None, actor: Actor, now: datetime) -> None:
    """Let an identified person claim the applicants that wait for them.

    Claiming the main applicant sends the invitations if the person identified in the browser that sent the
    application (`sent_here`). Otherwise they leave when the main applicant confirms or asks for them: a
    stranger may have typed this person's name and code as the main applicant's. A password session claims
    nothing.
    """
    if not is_reauthenticated(identified):
        return
    for loaded in locked_waiting_for(identified, now=now):
        applicant = _take(loaded, identified, actor, now)
        if applicant is None:
            continue
        # A stranger could else have invitations sent by naming another person as the main applicant.
        if applicant.is_main and loaded.application.pk == sent_here:
            invite_all(loaded)
        save(loaded)


def _take(loaded: LoadedApplication, identified: Identified, actor: Actor, now: datetime) -> Applicant | None:
    """Fill the place that is theirs, if one is."""
    applicant = claimable_applicant(identified, loaded)
    if applicant is None or loaded.state not in ACTIVE_STATES:
        return None
    loaded.keep_typed_answers(applicant)
    applicant.person_id = identified.person_id
    applicant.identified_at = now
    applicant.identification_id = identified.id
    applicant.save(update_fields=["person", "identified_at", "identification"])
    record(
        EventKind.APPLICANT_CLAIMED,
        actor=actor,
        now=now,
        application_id=loaded.application.pk,
        applicant_id=applicant.pk,
        identification=str(identified.id),
    )
    return applicant
