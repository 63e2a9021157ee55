from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.accounts.rate_limits import Limit, add_attempt
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.casework.matching import proposed_applicants, task_kind_of
from kanssa.applications.models import Task
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def request_match(*, identified: Identified, sent_here: UUID | None, actor: Actor, now: datetime) -> None:
    """Whom no application waits for asks a clerk to look whether one is theirs.

    Each place that agrees becomes a task; the person is told nothing of them, not even whether there
    is any (DOMAIN, Matching). What a clerk was asked of a person and a place is asked once. Refuses:
    NotIdentified, ReauthenticationRequired.
    """
    require_reauthentication(identified)
    task_ids = []
    for applicant in proposed_applicants(identified, sent_here=sent_here, now=now):
        if Task.objects.filter(applicant=applicant, identification__person_id=identified.person_id).exists():
            continue
        task = Task.objects.create(
            applicant=applicant,
            identification_id=identified.id,
            kind=task_kind_of(applicant, identified),
            asked_at=now,
        )
        task_ids.append(str(task.pk))
    if task_ids or not _has_asked(identified, now):
        record("asked-for-match", actor=actor, now=now, identification=str(identified.id), tasks=task_ids)


def _has_asked(identified: Identified, now: datetime) -> bool:
    """Whether it is not the first time in this identification; counts this time."""
    once = Limit("asked-for-match", str(identified.id), 1, settings.SESSION_MAX_AGE)
    return add_attempt(once, now=now).count > 1
