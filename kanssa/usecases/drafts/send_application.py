from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from kanssa.applications.aggregate.drafts import draft_content_of, new_reference
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.aggregate.versions import make_version
from kanssa.applications.content.content import Content
from kanssa.applications.content.validation import named_co_applicants, problems_of
from kanssa.applications.models import Application
from kanssa.applications.notifications import announcements
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.search.visit_codes import new_visit_code
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.revising import update_applicants
from kanssa.applications.transitions.saving import save
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.SEND)
def send_application(*, application_id: UUID, actor: Actor, now: datetime) -> str:
    """Send a draft: version 1, a message at once, time to confirm. Gives the reference.

    Sent twice, it is one application.
    Refuses: NoSuchApplication, DraftIncomplete, TooManyCoApplicants.
    """
    loaded = locked(application_id, now=now)
    application = loaded.application
    # Sent already, perhaps by a second press: the lock made this request wait.
    if application.reference is not None:
        return application.reference
    content = draft_content_of(application)
    _require_complete(content, now)
    _submit(loaded, content, actor=actor)
    save(loaded)
    record(
        EventKind.SENT,
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(loaded.current.version.pk),
        hash=bytes(loaded.current.version.hash).hex(),
    )
    announcements.notify_received(loaded)
    return application.reference or ""


def _require_complete(content: Content, now: datetime) -> None:
    if len(named_co_applicants(content)) > settings.MAX_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = problems_of(content, today=day_of(now))
    if faults:
        raise DraftIncomplete(faults=faults)


def _submit(loaded: LoadedApplication, content: Content, *, actor: Actor) -> None:
    application, now = loaded.application, loaded.now
    application.reference, application.visit_code = _unused_codes(now)
    application.sent_at = now
    # The version holds the content from now on; two copies could differ.
    application.draft = None
    loaded.start_confirmation_period(now)
    # Before the version: its digests use the applicants' salts.
    update_applicants(loaded, content)
    version = make_version(loaded, content, actor=actor, valid_until=validity_from(now))
    loaded.set_current_version(version)


def _unused_codes(now: datetime) -> tuple[str, str]:
    """Make a reference and a visit code that no application has."""
    reference, visit_code = new_reference(now), new_visit_code()
    taken = Application.objects.filter(Q(reference=reference) | Q(visit_code=visit_code))
    return _unused_codes(now) if taken.exists() else (reference, visit_code)
