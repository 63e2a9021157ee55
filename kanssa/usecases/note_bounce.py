from datetime import datetime
from uuid import UUID

from kanssa.applications.address_troubles import Side, note_bounced
from kanssa.applications.addresses import TO_TYPED_ADDRESS
from kanssa.applications.content import Facts
from kanssa.applications.household import Household
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant
from kanssa.evidence.record import record
from kanssa.messages.delivery import UNSENT, Delivery, Verdict
from kanssa.messages.letters import letter_about, lookup_of
from kanssa.messages.models import Message
from kanssa.messages.progress import come_back, note_late
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor

_MAY_COME_BACK = (Delivery.HANDED_OVER, *UNSENT)


@use_case
def note_bounce(
    *, message_id: UUID, verdict: Verdict, is_late: bool = False, actor: Actor, now: datetime
) -> bool:
    """Note what a mail server said of a letter; only “no such address” marks its reader's address.

    `is_late`: the server goes on trying by itself. Gives whether that was news: an unknown letter, or
    one that was given up already, changes nothing.
    """
    household = _locked_household_of(letter_about(message_id), now)
    letters = Message.objects.select_for_update().filter(pk=message_id, delivery__in=_MAY_COME_BACK)
    letter = letters.first()
    if letter is None:
        return False
    if is_late:
        return _note_late(letter, verdict)
    come_back(letter, verdict, now=now)
    if verdict.delivery is Delivery.NO_SUCH_ADDRESS:
        _mark(household, letter)
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
    note_late(letter, verdict)
    return True


def _locked_household_of(applicant_id: UUID | None, now: datetime) -> Household | None:
    """The application first, then the letter: as any deed that writes or cancels letters."""
    place = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(place.application_id, now=now) if place else None


def _mark(household: Household | None, letter: Message) -> None:
    """Mark the address, if it is still in use for the adult."""
    place = household.applicants.get(letter.applicant_id) if household and letter.applicant_id else None
    if household is None or place is None:
        return
    sides = _sides_of(household, place, letter)
    for side in sides:
        note_bounced(place, bytes(letter.address_lookup), side=side)
    if sides:
        keep(household)


def _sides_of(household: Household, place: Applicant, letter: Message) -> tuple[Side, ...]:
    """Who is concerned: the main applicant too by mail alone that goes where they typed."""
    if _is_of(letter, household.typed_facts_of(place.pk)):
        is_for_typed = not place.person_id or letter.topic in TO_TYPED_ADDRESS
        return (Side.OWN, Side.TYPED) if is_for_typed else (Side.OWN,)
    return (Side.OWN,) if _is_of(letter, household.facts_of(place.pk)) else ()


def _is_of(letter: Message, facts: Facts) -> bool:
    return lookup_of(facts.get("email") or "") == bytes(letter.address_lookup)
