from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.address_troubles import Side, mark_bounced
from kanssa.applications.aggregate.addresses import TO_TYPED_ADDRESS
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.messages.delivery_states import UNSENT, Delivery, Verdict
from kanssa.messages.models import Message
from kanssa.messages.queue import applicant_of_message, email_lookup_of
from kanssa.messages.transitions import mark_delayed, mark_returned
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor

_MAY_COME_BACK = (Delivery.HANDED_OVER, *UNSENT)


@use_case(Action.RECORD_BOUNCE)
def record_bounce(
    *, message_id: UUID, verdict: Verdict, is_late: bool = False, actor: Actor, now: datetime
) -> bool:
    """Record a mail server's answer to a message; only “no such address” marks the reader's address.

    `is_late`: the server keeps trying by itself. Tells whether that was news: an unknown message, or one
    that was given up already, changes nothing.
    """
    application = _locked_application_of(applicant_of_message(message_id), now)
    # A message that was given up already is not news.
    messages = Message.objects.select_for_update().filter(pk=message_id, delivery__in=_MAY_COME_BACK)
    message = messages.first()
    if message is None:
        return False
    if is_late:
        return _note_late(message, verdict)
    mark_returned(message, verdict, now=now)
    if verdict.delivery is Delivery.NO_SUCH_ADDRESS:
        _mark(application, message)
    record(
        EventKind.MESSAGE_BOUNCED,
        actor=actor,
        now=now,
        application_id=message.application_id,
        applicant_id=message.applicant_id,
        message=str(message.pk),
        topic=message.topic,
        code=verdict.code,
        reason=verdict.reason,
        delivery=message.delivery,
    )
    return True


def _note_late(message: Message, verdict: Verdict) -> bool:
    # A message that we will send again is late already.
    if message.delivery != Delivery.HANDED_OVER:
        return False
    mark_delayed(message, verdict)
    return True


def _locked_application_of(applicant_id: UUID | None, now: datetime) -> LoadedApplication | None:
    # Before the message, as every action that writes or cancels messages does.
    applicant = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(applicant.application_id, now=now) if applicant else None


def _mark(application: LoadedApplication | None, message: Message) -> None:
    applicant = (
        application.applicants.get(message.applicant_id) if application and message.applicant_id else None
    )
    if application is None or applicant is None:
        return
    sides = _sides_of(application, applicant, message)
    for side in sides:
        mark_bounced(applicant, bytes(message.address_lookup), side=side)
    if sides:
        save(application)


def _sides_of(application: LoadedApplication, applicant: Applicant, message: Message) -> tuple[Side, ...]:
    if _is_of(message, application.typed_facts_of(applicant.pk)):
        # The typed side is concerned only by mail that goes to the typed address.
        is_for_typed = not applicant.person_id or message.topic in TO_TYPED_ADDRESS
        return (Side.OWN, Side.TYPED) if is_for_typed else (Side.OWN,)
    return (Side.OWN,) if _is_of(message, application.facts_of(applicant.pk)) else ()


def _is_of(message: Message, facts: Facts) -> bool:
    return email_lookup_of(facts.get("email") or "") == bytes(message.address_lookup)
