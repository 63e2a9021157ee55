from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.accounts.tries import Limit, count_try
from kanssa.applications.matching import kind_of, proposed_places
from kanssa.applications.models import Task
from kanssa.applications.proof import require_proof
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def ask_for_match(*, identified: Identified, sent_here: UUID | None, actor: Actor, now: datetime) -> None:
    """Whom no application waits for asks a clerk to look whether one is theirs.

    Each place that agrees becomes a task; the person is told nothing of them, not even whether there
    is any (DOMAIN, Matching). What a clerk was asked of a person and a place is asked once. Refuses:
    NotIdentified, ProofNeeded.
    """
    require_proof(identified)
    asked = []
    for place in proposed_places(identified, sent_here=sent_here, now=now):
        if Task.objects.filter(applicant=place, identification__person_id=identified.person_id).exists():
            continue
        task = Task.objects.create(
            applicant=place,
            identification_id=identified.id,
            kind=kind_of(place, identified),
            asked_at=now,
        )
        asked.append(str(task.pk))
    if asked or not _has_asked(identified, now):
        record("asked-for-match", actor=actor, now=now, identification=str(identified.id), tasks=asked)


def _has_asked(identified: Identified, now: datetime) -> bool:
    """Whether it is not the first time in this identification; counts this time."""
    once = Limit("asked-for-match", str(identified.id), 1, settings.IDENTIFIED_AT_MOST)
    return count_try(once, now=now).count > 1
