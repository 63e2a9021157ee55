from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications import announcements
from kanssa.applications.checks import faults_of
from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, new_reference
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant, Application
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.times import day_of
from kanssa.applications.validity import confirming_time_from, validity_from
from kanssa.applications.versions import make_version
from kanssa.evidence.record import record
from kanssa.people.models import hetu_lookup
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.hetu import Hetu


@use_case
def send_application(*, application_id: UUID, actor: Actor, now: datetime) -> str:
    """Send a draft: version 1, a letter at once, time to confirm. Gives the reference.

    Sent twice, it is one application. Refuses: NoSuchApplication, DraftIncomplete.
    """
    household = Household.locked(application_id)
    application = household.application
    if application.reference is not None:
        return application.reference
    content = content_of(application)
    _require_complete(content, now)
    _take_in(application, content, actor=actor, now=now)
    household.restate(now=now)
    record(
        "sent",
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(household.standing.version.pk),
        hash=bytes(household.standing.version.hash).hex(),
    )
    announcements.tell_received(household, now=now)
    return application.reference or ""


def _require_complete(content: Content, now: datetime) -> None:
    if len(content.co_applicant_ids) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = faults_of(content, today=day_of(now))
    if faults:
        raise DraftIncomplete(faults=faults)


def _take_in(application: Application, content: Content, *, actor: Actor, now: datetime) -> None:
    application.reference = _unused_reference(now)
    application.sent_at = now
    application.confirm_by = confirming_time_from(now)
    application.draft = None
    application.save()
    Applicant.objects.bulk_create(
        Applicant(
            id=adult,
            application=application,
            is_main=adult == content.main_applicant_id,
            position=position,
            hetu_lookup=hetu_lookup(Hetu(facts["hetu"])) if facts.get("hetu") else None,
        )
        for position, (adult, facts) in enumerate(content.adults.items())
    )
    make_version(application, content, actor=actor, valid_until=validity_from(now), now=now)


def _unused_reference(now: datetime) -> str:
    reference = new_reference(now)
    while Application.objects.filter(reference=reference).exists():
        reference = new_reference(now)
    return reference
