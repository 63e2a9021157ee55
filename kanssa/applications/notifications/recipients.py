"""Queue a message for each recipient, at the addresses that may be written to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kanssa.applications.aggregate.address_troubles import Side, accepts_mail_at
from kanssa.applications.aggregate.addresses import addresses_of, own_facts
from kanssa.applications.aggregate.loaded_application import (
    LoadedApplication,
)
from kanssa.applications.content.content import Facts, first_name
from kanssa.applications.models import Applicant
from kanssa.calendar.days import last_day_before
from kanssa.messages.pacing import Recipient, plan_sending
from kanssa.messages.queue import queue_message
from kanssa.messages.topics import Topic


def known_recipients(loaded: LoadedApplication) -> list[Applicant]:
    # Any other address may belong to a stranger.
    return [
        applicant
        for applicant in loaded.applicants.values()
        if own_facts(loaded, applicant, loaded.facts_of(applicant.pk)) and is_notified(loaded, applicant)
    ]


def is_notified(loaded: LoadedApplication, applicant: Applicant) -> bool:
    has_to_do_with_it = (
        applicant.declined_at is None or loaded.effective_confirmation_of(applicant.pk) is not None
    )
    return has_to_do_with_it and applicant.takes_messages


def invited_recipients(loaded: LoadedApplication) -> list[Applicant]:
    # One who declined is included: the main applicant may read that mailbox and must not notice.
    return [
        applicant
        for key, applicant in loaded.applicants.items()
        if key in loaded.first_invited and applicant.takes_messages
    ]


def notify_known(loaded: LoadedApplication, topic: Topic, *, cause: str) -> None:
    for applicant in known_recipients(loaded):
        notify(loaded, applicant.pk, topic, cause=cause)


def notify(
    loaded: LoadedApplication,
    applicant_id: UUID,
    topic: Topic,
    *,
    cause: str,
    to_own: bool = True,
    to_invited: bool = False,
    **more: Any,
) -> None:
    applicant = loaded.applicants[applicant_id]
    is_invited = to_invited and applicant_id in loaded.first_invited
    facts = loaded.facts_of(applicant_id) if to_own else {}
    reached = addresses_of(
        loaded, applicant, facts, loaded.typed_facts_of(applicant_id), is_invited=is_invited
    )
    queue_for_each(loaded, applicant, reached, topic, cause=cause, **more)


def queue_for_each(
    loaded: LoadedApplication,
    applicant: Applicant,
    reached: dict[Side, Facts],
    topic: Topic,
    *,
    cause: str,
    **more: Any,
) -> None:
    for nth, (side, facts) in enumerate(reached.items()):
        # The cause is unique per message, so the second address needs one of its own.
        each = f"{cause}:{nth}" if nth else cause
        queue_for(loaded, applicant, facts, topic, cause=each, side=side, **more)


def queue_for(
    loaded: LoadedApplication,
    applicant: Applicant,
    facts: Facts,
    topic: Topic,
    *,
    cause: str,
    side: Side = Side.OWN,
    **more: Any,
) -> None:
    application = loaded.application
    if not facts.get("email") or not accepts_mail_at(applicant, facts["email"], side=side):
        return
    # Fixed now: a message that leaves later still describes the moment of its cause.
    payload = {
        "first_name": first_name(facts),
        "reference": application.reference,
        "visit_code": application.visit_code,
        "confirm_by": _day(application.confirm_by),
        "valid_until": _day(application.valid_until),
        "is_main": applicant.is_main,
        "is_alone": len(loaded.current.digests) == 1,
        **more,
    }
    queue_message(
        topic,
        # A repeated action finds the same cause and queues no second message.
        cause=f"{cause}:{application.pk}:{applicant.pk}",
        address=facts["email"],
        language=facts.get("contact_language") or application.language,
        payload=payload,
        now=loaded.now,
        plan=plan_sending(topic, Recipient(application.pk, applicant.pk, facts["email"]), now=loaded.now),
        application_id=application.pk,
        applicant_id=applicant.pk,
    )


def _day(end: datetime | None) -> str | None:
    return last_day_before(end).isoformat() if end else None
