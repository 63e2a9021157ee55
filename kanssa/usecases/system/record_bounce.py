from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.address_troubles import Side, mark_bounced
from kanssa.applications.aggregate.addresses import TO_TYPED_ADDRESS
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.record import record
from kanssa.messages.delivery_states import UNSENT, Delivery, Verdict
from kanssa.messages.models import Message
from kanssa.messages.queue import applicant_of_message, email_lookup_of
from kanssa.messages.transitions import mark_delayed, mark_returned
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor

_MAY_COME_BACK = (Delivery.HANDED_OVER, *UNSENT)


@use_case
def record_bounce(
    *, message_id: UUID, verdict: Verdict, is_late: bool = False, actor: Actor, now: datetime
) -> bool:
    """Note what a mail server said of a letter; only “no such address” marks its reader's address.

    `is_late`: the server goes on trying by itself. Gives whether that was news: an unknown letter, or
    one that was given up already, changes nothing.
    """
    application = _locked_household_of(applicant_of_message(message_id), now)
    letters = Message.objects.select_for_update().filter(pk=message_id, delivery__in=_MAY_COME_BACK)
    letter = letters.first()
    if letter is None:
        return False
    if is_late:
        return _note_late(letter, verdict)
    mark_returned(letter, verdict, now=now)
    if verdict.delivery is Delivery.NO_SUCH_ADDRESS:
        _mark(application, letter)
    record(
        "letter-bounced",
        actor=actor,
        now=now,
        application_id=letter.application_id,
        applicant_id=letter.applicant_id,
        message=str(letter.pk),
        topic=letter.topic,
        code=verdict.code,
        reason=verdict.reason,
        delivery=letter.delivery,
    )
    return True


def _note_late(letter: Message, verdict: Verdict) -> bool:
    """What waits to be sent again by us is late already."""
    if letter.delivery != Delivery.HANDED_OVER:
        return False
    mark_delayed(letter, verdict)
    return True


def _locked_household_of(applicant_id: UUID | None, now: datetime) -> LoadedApplication | None:
    """The application first, then the letter: as any deed that writes or cancels letters."""
    applicant = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(applicant.application_id, now=now) if applicant else None


def _mark(application: LoadedApplication | None, letter: Message) -> None:
    """Mark the address, if it is still in use for the adult."""
    applicant = (
        application.applicants.get(letter.applicant_id) if application and letter.applicant_id else None
    )
    if application is None or applicant is None:
        return
    sides = _sides_of(application, applicant, letter)
    for side in sides:
        mark_bounced(applicant, bytes(letter.address_lookup), side=side)
    if sides:
        save(application)


def _sides_of(application: LoadedApplication, applicant: Applicant, letter: Message) -> tuple[Side, ...]:
    """Who is concerned: the main applicant too by mail alone that goes where they typed."""
    if _is_of(letter, application.typed_facts_of(applicant.pk)):
        is_for_typed = not applicant.person_id or letter.topic in TO_TYPED_ADDRESS
        return (Side.OWN, Side.TYPED) if is_for_typed else (Side.OWN,)
    return (Side.OWN,) if _is_of(letter, application.facts_of(applicant.pk)) else ()


def _is_of(letter: Message, facts: Facts) -> bool:
    return email_lookup_of(facts.get("email") or "") == bytes(letter.address_lookup)
