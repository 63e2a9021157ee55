from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications import announcements
from kanssa.applications.checks import faults_of, named_co_applicants
from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, new_reference
from kanssa.applications.household import Household
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Application
from kanssa.applications.periods import validity_from
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.revising import take_in_adults
from kanssa.applications.times import day_of
from kanssa.applications.versions import make_version
from kanssa.applications.visits import new_visit_code
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def send_application(*, application_id: UUID, actor: Actor, now: datetime) -> str:
    """Send a draft: version 1, a letter at once, time to confirm. Gives the reference.

    Sent twice, it is one application. Refuses: NoSuchApplication, DraftIncomplete.
    """
    household = locked(application_id, now=now)
    application = household.application
    if application.reference is not None:
        return application.reference
    content = content_of(application)
    _require_complete(content, now)
    _take_in(household, content, actor=actor)
    keep(household)
    record(
        "sent",
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(household.standing.version.pk),
        hash=bytes(household.standing.version.hash).hex(),
    )
    announcements.tell_received(household)
    return application.reference or ""


def _require_complete(content: Content, now: datetime) -> None:
    if len(named_co_applicants(content)) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = faults_of(content, today=day_of(now))
    if faults:
        raise DraftIncomplete(faults=faults)


def _take_in(household: Household, content: Content, *, actor: Actor) -> None:
    application, now = household.application, household.now
    application.reference = _unused_reference(now)
    application.visit_code = new_visit_code()
    application.sent_at = now
    application.draft = None
    household.begin_to_confirm(now)
    application.save()
    take_in_adults(household, content)
    version = make_version(household, content, actor=actor, valid_until=validity_from(now))
    household.stand_on(version)


def _unused_reference(now: datetime) -> str:
    reference = new_reference(now)
    while Application.objects.filter(reference=reference).exists():
        reference = new_reference(now)
    return reference
