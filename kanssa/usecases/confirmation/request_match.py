from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.accounts.rate_limits import Limit, add_attempt
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.casework.matching import proposed_applicants, task_kind_of
from kanssa.applications.models import Task
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.REQUEST_MATCH)
def request_match(*, identified: Identified, sent_here: UUID | None, actor: Actor, now: datetime) -> None:
    """Ask a clerk to match an identified person who has no application.

    Each matching applicant becomes a task; the person learns nothing of them, not even whether there are
    any (DOMAIN, Matching). A person and an applicant are asked about once.
    Refuses: NotIdentified, ReauthenticationRequired.
    """
    require_reauthentication(identified)
    task_ids = []
    for applicant in proposed_applicants(identified, sent_here=sent_here, now=now):
        # Asked again, a clerk's decision stands.
        if Task.objects.filter(applicant=applicant, identification__person_id=identified.person_id).exists():
            continue
        task = Task.objects.create(
            applicant=applicant,
            identification_id=identified.id,
            kind=task_kind_of(applicant, identified),
            asked_at=now,
        )
        task_ids.append(str(task.pk))
    # Recorded once per identification: reloading the page must not flood the log.
    if task_ids or not _has_asked(identified, now):
        record(
            EventKind.MATCH_REQUESTED, actor=actor, now=now, identification=str(identified.id), tasks=task_ids
        )


def _has_asked(identified: Identified, now: datetime) -> bool:
    once = Limit("asked-for-match", str(identified.id), 1, settings.SESSION_MAX_AGE)
    return add_attempt(once, now=now).count > 1
