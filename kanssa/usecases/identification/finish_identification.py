from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from kanssa.applications.models import Outage
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification import attempts, registry
from kanssa.identification.calls.bulkhead import slot_to_finish
from kanssa.identification.refusals import BrokerUnavailable, IdentityIncomplete
from kanssa.identification.sessions import Identified, begin_session
from kanssa.people.models import Person
from kanssa.usecases.use_case import record_refusal
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.refusal import Refusal

log = structlog.get_logger(__name__)

_SAID_BY_THE_BROWSER = "broker-unavailable"
"""The reason that only the address of the return states: anyone could have typed it."""


@dataclass(frozen=True, slots=True)
class FinishedIdentification:
    """A person came back identified; `purpose` and `language` are those they left with."""

    identified: Identified
    purpose: Mapping[str, Any]
    language: str


def finish_identification(
    *, method: str, reply: Mapping[str, str], browser: str, now: datetime
) -> FinishedIdentification:
    """Turn a broker's reply into a session of an identified person in this browser.

    Not in one transaction: the network lies between taking the attempt and storing the identity. If no
    thread is free for the broker, or it cannot be reached, the attempt stays, and the same reply can come
    again.
    Refuses: any of identification.refusals; a refusal of an attempt is recorded.
    """
    try:
        chosen = registry.method(method)
        state = reply.get("state", "")
        with (
            slot_to_finish(chosen),
            attempts.claimed(state, method=method, browser=browser, now=now) as returned,
        ):
            identity = chosen.finish(returned.posted or reply, attempt=returned.attempt, now=now)
        identified = _recognise(identity, returned, now)
    except Refusal as refusal:
        # `why` comes from our own fixed words, never from the broker or the browser: safe to log.
        if isinstance(refusal, BrokerUnavailable) and refusal.facts.get("why") != _SAID_BY_THE_BROWSER:
            # The last day of a time to confirm may be extended for it.
            Outage.objects.record_failure(method, at=now)
        log.info("an identification was refused", code=refusal.code, why=refusal.facts.get("why"))
        attempts.save_attempt_outcome(reply.get("state", ""), refusal.code)
        # An invented state must not fill the log.
        if attempts.is_known_state(reply.get("state", ""), method=method):
            record_refusal("finish_identification", refusal, {"now": now})
        raise
    return FinishedIdentification(identified, returned.purpose, returned.language)


@transaction.atomic
def _recognise(identity: VerifiedIdentity, returned: attempts.ReturnedAttempt, now: datetime) -> Identified:
    person = _person(identity)
    identified = begin_session(identity, person=person, attempt_id=returned.attempt.id, now=now)
    record(
        EventKind.IDENTIFIED,
        actor=identified.actor,
        now=now,
        method=identity.method,
        assurance=identity.assurance,
        identification=str(identified.id),
    )
    return identified


def _person(identity: VerifiedIdentity) -> Person:
    if identity.hetu is not None:
        return Person.objects.with_hetu(identity.hetu)
    # Without a code they claim no applicant before a clerk has decided.
    if not identity.foreign_id:
        raise IdentityIncomplete
    return Person.objects.with_foreign_id(identity.foreign_id)
