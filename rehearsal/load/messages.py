"""Messages of a load: most were handed over, some bounced, some are set aside or wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

from kanssa.applications.aggregate.address_troubles import BOUNCED, Side
from kanssa.applications.content.content import Facts, first_name
from kanssa.applications.models import AddressTrouble, Applicant, Application
from kanssa.calendar.days import last_day_before
from kanssa.evidence.events import EventKind
from kanssa.messages.delivery_states import Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.pacing import FIRST
from kanssa.messages.queue import domain_lookup_of, email_lookup_of, mailbox_lookup_of
from kanssa.messages.topics import Topic
from kanssa.values.actor import SYSTEM
from kanssa.vault import seal_json
from rehearsal.load.people import random_id
from rehearsal.load.rows import Rows, made

_WAITS = timedelta(hours=12)
_BOUNCED, _SET_ASIDE, _WAITING = 0.012, 0.002, 0.02
_SOON = timedelta(minutes=4)


@dataclass(slots=True)
class Outbox:
    """Writes the messages of one application; `record` leaves an event of it."""

    rows: Rows
    rng: Random
    now: datetime
    record: Callable[..., None]

    def write(
        self,
        topic: Topic,
        applicant: Applicant,
        facts: Facts,
        says: Mapping[str, Any],
        *,
        at: datetime,
        cause: str,
    ) -> None:
        address = facts.get("email")
        if not address:
            return
        message = made(
            Message,
            id=random_id(self.rng),
            cause=f"{cause}:{applicant.application_id}:{applicant.pk}",
            topic=topic,
            language=facts["contact_language"],
            application_id=applicant.application_id,
            applicant_id=applicant.pk,
            address_lookup=email_lookup_of(address),
            mailbox_lookup=mailbox_lookup_of(address),
            domain_lookup=domain_lookup_of(address),
            written_at=at,
            trying_since=at,
        )
        if topic is not Topic.RECEIVED:
            message.planned_at, message.share = at, FIRST
        self._deliver(message, at)
        if message.delivery != Delivery.HANDED_OVER or at > self.now - settings.MAIL_BOUNCE_PERIOD:
            contents = {"address": address, "says": _dates(applicant.application, facts) | dict(says)}
            message.sealed = seal_json(contents, bound_to=f"message:{message.pk}")
        self.rows.add(message)

    def _deliver(self, message: Message, at: datetime) -> None:
        chance = self.rng.random()
        if at > self.now - _WAITS and chance < _WAITING:
            message.send_at = message.planned_at = message.trying_since = (
                self.now + _WAITS * self.rng.random()
            )
        elif chance < _BOUNCED and at + _SOON < self.now:
            self._bounce(message, at + _SOON)
        elif chance > 1 - _SET_ASIDE and at + _SOON < self.now:
            message.delivery, message.failure = Delivery.SET_ASIDE, DeliveryReason.POLICY
            message.failure_code, message.failed_at = "5.7.1", at + _SOON
        else:
            message.delivery, message.sent_at = Delivery.HANDED_OVER, min(at + _SOON, self.now)

    def _bounce(self, message: Message, at: datetime) -> None:
        message.delivery, message.failure = Delivery.NO_SUCH_ADDRESS, DeliveryReason.NO_MAILBOX
        message.failure_code, message.failed_at = "5.1.1", at
        side = Side.TYPED if message.topic == Topic.INVITATION else Side.OWN
        mark = (message.applicant_id, side)
        if mark not in self.rows.troubled:
            self.rows.troubled.add(mark)
            trouble = made(
                AddressTrouble,
                applicant_id=message.applicant_id,
                side=side,
                address_lookup=message.address_lookup,
                trouble=BOUNCED,
            )
            self.rows.add(trouble)
        self.record(
            EventKind.MESSAGE_BOUNCED,
            SYSTEM,
            {
                "message": str(message.pk),
                "topic": str(message.topic),
                "code": message.failure_code,
                "reason": DeliveryReason.NO_MAILBOX.value,
                "delivery": Delivery.NO_SUCH_ADDRESS.value,
            },
            at=at,
            applicant=message.applicant_id,
        )


def _dates(application: Application, facts: Facts) -> dict[str, Any]:
    return {
        "first_name": first_name(facts),
        "reference": application.reference,
        "visit_code": application.visit_code,
        "confirm_by": _day(application.confirm_by),
        "valid_until": _day(application.valid_until),
    }


def _day(end: datetime | None) -> str | None:
    return last_day_before(end).isoformat() if end else None
