from datetime import datetime
from uuid import UUID, uuid4

from kanssa.applications.aggregate.drafts import begin_draft, store_draft
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import can_be_copied_at
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.content import Content
from kanssa.applications.models import Application
from kanssa.applications.refusals import TooLateToCopy
from kanssa.applications.states import Action
from kanssa.applications.transitions.authorship import typed_household_of
from kanssa.applications.transitions.editing import as_typed, require_editor
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor

_OF_ANOTHER = ("last_name", "first_names", "one_name")


@use_case(Action.COPY)
def copy_application(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> UUID:
    """Begin a new draft from one's ended application (DOMAIN, rule 9). Gives the draft's id.

    It holds what this main applicant typed of themselves and the household, the shared wishes, and of another
    adult the name alone; nothing that a former main applicant typed. For 30 days after the end. An unsent
    earlier copy is given again.
    Refuses: NotIdentified, ReauthenticationRequired, NoSuchApplication, SomeoneElse, NotAllowedNow,
    TooLateToCopy.
    """
    loaded = locked(application_id, now=now)
    # Under the lock, so that an annulment at the same time is seen.
    require_reauthentication(identified)
    require_editor(loaded, identified)
    loaded.require(Action.COPY)
    if not can_be_copied_at(now, ended_at=loaded.application.ended_at):
        raise TooLateToCopy
    copies = Application.objects.filter(copied_from=application_id, copied_by=identified.person_id)
    former = copies.filter(sent_at=None).first()
    # A second press continues the same copy.
    if former is not None:
        return former.pk
    draft = begin_draft(language=loaded.application.language, now=now)
    draft.copied_from, draft.copied_by = loaded.application, identified.person_id
    draft.save(update_fields=["copied_from", "copied_by"])
    store_draft(draft, _copied(loaded, identified.person_id), now=now)
    record(EventKind.COPIED, actor=actor, now=now, application_id=application_id, draft=str(draft.pk))
    return draft.pk


def _copied(loaded: LoadedApplication, person_id: UUID) -> Content:
    content = typed_household_of(loaded, person_id)
    main = loaded.main_applicant.pk
    # New ids, so that nothing links the copy's people to the old rows.
    own = {uuid4(): content.adults[main]}
    others = {
        uuid4(): {name: facts[name] for name in _OF_ANOTHER if name in facts}
        for key, facts in as_typed(loaded, content).adults.items()
        if key != main
    }
    return Content(
        # The copy is a new declaration: its sender gives the assurances again.
        application=content.without_assurances().application,
        home=content.home,
        need=content.need,
        wishes=content.wishes,
        expecting=content.expecting,
        adults=own | others,
        residents={uuid4(): facts for facts in content.residents.values()},
    )
