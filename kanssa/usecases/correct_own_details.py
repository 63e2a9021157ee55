from datetime import datetime
from uuid import UUID

from kanssa.applications.address_troubles import trust_address
from kanssa.applications.announcements import tell_contact_changed
from kanssa.applications.content import Facts, merged
from kanssa.applications.corrections import correction_of, write_correction
from kanssa.applications.form import PERSON, missing_fields
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.periods import validity_from
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import DetailsMissing, NotAllowedNow
from kanssa.applications.retrying import send_unarrived
from kanssa.applications.revising import revise
from kanssa.applications.states import Deed
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def correct_own_details(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Put an adult's own corrections into the application: a version of its own.

    The others' confirmations stand: nothing that concerns them changed. A main applicant's
    version gets a time of its own, a co-applicant's takes over (DOMAIN, rule 4).
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ProofNeeded, DetailsMissing.
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    place = household.place_held_by(identified.person_id, applicant_id)
    household.require(Deed.CORRECT)
    require_proof(identified)
    before = household.standing.content.adults.get(applicant_id)
    if before is None or place.left_at is not None:  # the next version leaves them out
        raise NotAllowedNow
    correction = correction_of(place)
    after = merged(before, correction)
    _require_complete(after)
    write_correction(place, None)
    if "email" in correction:
        trust_address(place, after.get("email") or "")  # its person says that it is theirs
    if after == before:
        send_unarrived(household, place)
        return
    content = household.standing.content.with_adult(applicant_id, after)
    valid_until = validity_from(now) if place.is_main else household.valid_until
    revise(household, content, actor=actor, valid_until=valid_until)
    tell_contact_changed(household, applicant_id, before)
    weigh(household, rivals, actor=actor)
    version = household.standing.version
    record(
        "details-corrected",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        version=str(version.pk),
        hash=bytes(version.hash).hex(),
    )


def _require_complete(facts: Facts) -> None:
    missing = missing_fields(PERSON, facts)
    if missing:
        raise DetailsMissing(fields=missing)
