from datetime import datetime
from uuid import UUID

from kanssa.applications.announcements import tell_withdrawn
from kanssa.applications.drafts import drop_draft
from kanssa.applications.editing import require_editor
from kanssa.applications.invitations import end_invitation
from kanssa.applications.keeping import keep, locked
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import NotIdentified
from kanssa.applications.states import Deed, State
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def withdraw_application(
    *, application_id: UUID, identified: Identified | None, actor: Actor, now: datetime
) -> None:
    """End the application.

    For the identified main applicant; for the sending browser before that, while nobody has confirmed; or
    for a clerk in the presence of the main applicant who was identified. Nobody's confirmations
    elsewhere change. Refuses: ProofNeeded, NoSuchApplication, NotAllowedNow, NotIdentified, SomeoneElse.
    """
    household = locked(application_id, now=now)
    household.require(Deed.WITHDRAW)
    if identified is not None:
        require_proof(identified)
    editor = require_editor(household, identified)
    if identified is None and any(map(household.carrying, household.applicants)):
        raise NotIdentified  # a browser alone ends nobody's confirmation
    household.end_as(State.WITHDRAWN, now)
    keep(household)
    drop_draft(household.application)
    for place in household.applicants.values():
        end_invitation(household, place)
    record("withdrawn", actor=actor, now=now, application_id=application_id)
    tell_withdrawn(household, but=editor.pk)
