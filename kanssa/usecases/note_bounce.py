from datetime import datetime
from uuid import UUID

from kanssa.applications.household import Household
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant
from kanssa.evidence.record import record
from kanssa.messages.letters import letter_about, lookup_of, note_failure
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor

BOUNCED = "bounced"


@use_case
def note_bounce(*, message_id: UUID, code: str, actor: Actor, now: datetime) -> bool:
    """Note that a letter did not arrive, and that its reader's address does not work.

    `code` is the mail server's: of the conversation (`550`) or of the notification (`5.1.1`).
    Gives whether that was news: an unknown letter, or one that has failed already, changes nothing.
    """
    household = _locked_household_of(letter_about(message_id), now)
    letter = note_failure(message_id, now=now)
    if letter is None:
        return False
    if household is not None and letter.applicant_id in household.applicants:
        _mark(household, household.applicants[letter.applicant_id], bytes(letter.address_lookup))
    record(
        "letter-bounced",
        actor=actor,
        now=now,
        application_id=letter.application_id,
        applicant_id=letter.applicant_id,
        message=str(letter.pk),
        topic=letter.topic,
        code=code,
    )
    return True


def _locked_household_of(applicant_id: UUID | None, now: datetime) -> Household | None:
    """The application first, then the letter: as any deed that writes or cancels letters."""
    place = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(place.application_id, now=now) if place else None


def _mark(household: Household, place: Applicant, address_lookup: bytes) -> None:
    """Mark the place, if the address is still in use for them; “not for me” says more, and stays."""
    said = (household.facts_of(place.pk), household.typed_facts_of(place.pk))
    if address_lookup not in [lookup_of(facts["email"]) for facts in said if facts.get("email")]:
        return
    marked = place.address_trouble_lookup
    if place.address_trouble and marked is not None and bytes(marked) == address_lookup:
        return
    place.address_trouble, place.address_trouble_lookup = BOUNCED, address_lookup
    place.save(update_fields=["address_trouble", "address_trouble_lookup"])
    keep(household)
