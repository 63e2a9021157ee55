from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.claims import may_request_claim
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.casework.matching import task_kind_of
from kanssa.applications.models import Task
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.REQUEST_MATCH)
def request_claim(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Ask a clerk to match a person to the applicant of their link, despite another identity code or none.

    A clerk decides; the main applicant sees nothing but “missing”. Only with an agreeing name. A repeated
    request is one request.
    Refuses: NotIdentified, ReauthenticationRequired, NoSuchApplication.
    """
    require_reauthentication(identified)
    application = LoadedApplication.of(application_id, now=now)
    if not may_request_claim(application, applicant_id, identified):
        # The same answer as for no application: a stranger learns nothing of the adults on it.
        raise NoSuchApplication
    applicant = application.applicants[applicant_id]
    # A repeated request is one task.
    _task, is_new = Task.objects.get_or_create(
        applicant=applicant,
        identification_id=identified.id,
        kind=task_kind_of(applicant, identified),
        defaults={"asked_at": now},
    )
    if is_new:
        record(
            EventKind.CLAIM_REQUESTED,
            actor=actor,
            now=now,
            application_id=application_id,
            applicant_id=applicant_id,
            identification=str(identified.id),
        )
