from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.aggregate.version_view import are_answers_due
from kanssa.applications.notifications.announcements import notify_change
from kanssa.applications.refusals import AnswersDue, DraftIncomplete
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import as_typed, problems_as_typed, require_editor
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.revising import adults_to_reconfirm, next_content, revise
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.RENEW)
def renew_application(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> None:
    """Renew the application: a version without changes, with a new validity (DOMAIN, rule 4).

    It asks no one to confirm, unless a resident has come of age since. Renewed again on the same day
    without a change, nothing happens.
    Refuses: NoSuchApplication, NotAllowedNow, SomeoneElse, NotIdentified, ReauthenticationRequired,
    AnswersDue (of a main applicant who took over), DraftIncomplete (answers about a resident who came of age
    are missing).
    """
    application, rivals = locked_with_rivals(application_id, now=now)
    application.require(Action.RENEW)
    require_editor(application, identified)
    require_reauthentication(identified)
    if are_answers_due(application.main_applicant, application.current):
        raise AnswersDue
    content, valid_until = application.current.content, validity_from(now)
    following = next_content(application, content)
    # A resident who came of age may lack an adult's answers.
    faults = problems_as_typed(application, as_typed(application, following))
    if faults:
        raise DraftIncomplete(faults=faults)
    # Pressed twice on a day: the validity would be the same, so no version is made.
    if following == content and application.current.version.valid_until == valid_until:
        return
    before = revise(application, content, actor=actor, valid_until=valid_until)
    update_validity(application, rivals, actor=actor)
    notify_change(
        application, adults_to_reconfirm(before, application.current), excluding=application.main_applicant.pk
    )
    record(
        EventKind.RENEWED,
        actor=actor,
        now=now,
        application_id=application_id,
        version=str(application.current.version.pk),
        hash=bytes(application.current.version.hash).hex(),
    )
