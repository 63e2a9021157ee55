from datetime import datetime
from uuid import UUID

from kanssa.applications.addresses import BOUNCED
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
    """Mark the place, if the address is still in use for them; “not for me” says more, and stays."""
    place = household.applicants.get(letter.applicant_id) if household and letter.applicant_id else None
    if household is None or place is None:
        return
    address_lookup = bytes(letter.address_lookup)
    said = (household.facts_of(place.pk), household.typed_facts_of(place.pk))
    if address_lookup not in [lookup_of(facts["email"]) for facts in said if facts.get("email")]:
        return
    marked = place.address_trouble_lookup
    if place.address_trouble and marked is not None and bytes(marked) == address_lookup:
        return
    place.address_trouble, place.address_trouble_lookup = BOUNCED, address_lookup
    place.save(update_fields=["address_trouble", "address_trouble_lookup"])
    keep(household)
