from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.refusals import NothingWaits
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import require_editor, without_own_changes
from kanssa.applications.transitions.light_changes import announce_light_changes
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.revising import revise
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.DISCARD)
def discard_changes(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Discard the main applicant's own changes in the waiting version (DOMAIN, rule 3).

    The others' corrections stay, as a version of its own.
    Refuses: NoSuchApplication, NotAllowedNow, SomeoneElse, NotIdentified, ReauthenticationRequired,
    NothingWaits.
    """
    application, rivals = locked_with_rivals(application_id, now=now)
    application.require(Action.DISCARD)
    require_editor(application, identified)
    require_reauthentication(identified)
    confirmed = application.confirmed
    if confirmed is None or not application.has_waiting_version:
        raise NothingWaits
    # Before it is dropped: the event names it.
    dropped = application.current
    content = without_own_changes(application)
    if content == application.current.content:
        raise NothingWaits
    application.drop_waiting_version()
    # The others' corrections stay, as a version that takes the validity over.
    if content != confirmed.content:
        revise(application, content, actor=actor, valid_until=application.valid_until)
    update_validity(application, rivals, actor=actor)
    announce_light_changes(application, dropped.content)
    record(
        EventKind.CHANGES_DISCARDED,
        actor=actor,
        now=now,
        application_id=application_id,
        dropped=str(dropped.version.pk),
        standing=str(application.current.version.pk),
    )
