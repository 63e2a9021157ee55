from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.announcements import notify_change
from kanssa.applications.refusals import DraftIncomplete, NoAdultLeft
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import as_typed, problems_as_typed, require_editor
from kanssa.applications.transitions.leaving import leavers_on
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.revising import adults_to_reconfirm, next_content, revise
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.CONTINUE)
def continue_without_leavers(
    *, application_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Make a version of the current content without the adults who left (DOMAIN, rule 6).

    Nothing else changes, the validity neither. The members of the household are material: the remaining
    adults are asked to confirm.
    Refuses: NoSuchApplication, NotAllowedNow, SomeoneElse, NotIdentified, ReauthenticationRequired,
    NoAdultLeft, DraftIncomplete (answers about a resident who came of age are missing).
    """
    loaded, rivals = locked_with_rivals(application_id, now=now)
    loaded.require(Action.CONTINUE)
    require_editor(loaded, identified)
    require_reauthentication(identified)
    if not leavers_on(loaded):
        raise NoAdultLeft
    content = loaded.current.content
    faults = problems_as_typed(loaded, as_typed(loaded, next_content(loaded, content)))
    if faults:
        raise DraftIncomplete(faults=faults)
    # Taken before the revision, which changes which confirmations are effective.
    had_confirmed = {adult for adult in loaded.applicants if loaded.active_confirmations_of(adult)}
    before = revise(loaded, content, actor=actor, valid_until=loaded.valid_until)
    update_validity(loaded, rivals, actor=actor)
    asks = adults_to_reconfirm(before, loaded.current)
    notify_change(loaded, asks & had_confirmed, excluding=loaded.main_applicant.pk)
    record(
        EventKind.CONTINUED,
        actor=actor,
        now=now,
        application_id=application_id,
        version=str(loaded.current.version.pk),
        hash=bytes(loaded.current.version.hash).hex(),
        asks=sorted(str(adult) for adult in asks),
    )
