from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.drafts import begin_draft, store_draft
from kanssa.applications.aggregate.periods import can_be_copied_at
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.models import Application
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, TooLateToCopy
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.own_part import copied_own_part, parted_applicant, parted_at
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.COPY_OWN_PART)
def copy_own_part(*, application_id: UUID, identified: Identified, actor: Actor, now: datetime) -> UUID:
    """Begin a new draft from one's own part of an application that one is no longer on (DOMAIN, rule 6).

    It holds the person's own details and money and the shared wishes; for 30 days after they were removed or
    left. An unsent earlier copy is given again. The others see nothing. Gives the draft's id.
    Refuses: ReauthenticationRequired, NoSuchApplication, NotAllowedNow (the person takes part in it),
    TooLateToCopy.
    """
    loaded = locked(application_id, now=now)
    require_reauthentication(identified)
    applicant = parted_applicant(loaded, identified.person_id)
    if applicant is None:
        raise NotAllowedNow if loaded.has_applicant(identified.person_id) else NoSuchApplication
    loaded.require(Action.COPY_OWN_PART)
    if not can_be_copied_at(now, ended_at=parted_at(applicant)):
        raise TooLateToCopy
    copies = Application.objects.filter(copied_from=application_id, copied_by=identified.person_id)
    former = copies.filter(sent_at=None).first()
    if former is not None:
        return former.pk
    draft = begin_draft(language=loaded.application.language, now=now)
    draft.copied_from, draft.copied_by = loaded.application, identified.person_id
    draft.save(update_fields=["copied_from", "copied_by"])
    store_draft(draft, copied_own_part(applicant, language=draft.language), now=now)
    record(
        EventKind.OWN_PART_COPIED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant.pk,
        draft=str(draft.pk),
    )
    return draft.pk
