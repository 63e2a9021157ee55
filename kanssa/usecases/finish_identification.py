from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from kanssa.evidence.record import record
from kanssa.identification import attempts, registry
from kanssa.identification.bulkhead import room_to_finish
from kanssa.identification.living import Identified, begin_living
from kanssa.identification.refusals import IdentityIncomplete
from kanssa.people.models import Person
from kanssa.usecases.deed import record_refusal
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.refusal import Refusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came back identified; `purpose` and `language` as they left with them."""

    identified: Identified
    purpose: Mapping[str, Any]
    language: str


def finish_identification(*, method: str, reply: Mapping[str, str], browser: str, now: datetime) -> Arrival:
    """Turn a broker's reply into a person who is identified in this browser.

    Not in one transaction: the network lies between taking the attempt and storing the identity.
    Refuses: any of identification.refusals; a refusal of an attempt is recorded. Where no thread is free for
    the broker, or it cannot be reached, the attempt stays, and the same reply can come again.
    """
    try:
        chosen = registry.method(method)
        state = reply.get("state", "")
        with (
            room_to_finish(chosen),
            attempts.taken(state, method=method, browser=browser, now=now) as journey,
        ):
            identity = chosen.finish(journey.posted or reply, attempt=journey.attempt, now=now)
        identified = _recognise(identity, journey, now)
    except Refusal as refusal:
        # What `why` holds are words of ours, never of the broker or the browser.
        log.info("an identification was refused", code=refusal.code, why=refusal.facts.get("why"))
        attempts.note_outcome(reply.get("state", ""), refusal.code)
        if attempts.is_known(reply.get("state", ""), method=method):
            record_refusal("finish_identification", refusal, {"now": now})
        raise
    return Arrival(identified, journey.purpose, journey.language)


@transaction.atomic
def _recognise(identity: VerifiedIdentity, journey: attempts.Journey, now: datetime) -> Identified:
    person = _person(identity)
    identified = begin_living(identity, person=person, attempt_id=journey.attempt.id, now=now)
    record(
        "identified",
        actor=identified.actor,
        now=now,
        method=identity.method,
        assurance=identity.assurance,
        identification=str(identified.id),
    )
    return identified


def _person(identity: VerifiedIdentity) -> Person:
    """Whom the identity is of. Without a code it fills no place before a clerk has decided."""
    if identity.hetu is not None:
        return Person.objects.with_hetu(identity.hetu)
    if not identity.foreign_id:
        raise IdentityIncomplete
    return Person.objects.with_foreign_id(identity.foreign_id)
