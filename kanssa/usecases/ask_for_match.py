from datetime import datetime
from uuid import UUID

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
    record("asked-for-match", actor=actor, now=now, identification=str(identified.id), tasks=asked)
