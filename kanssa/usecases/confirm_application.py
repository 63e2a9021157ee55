from datetime import datetime
from uuid import UUID

from kanssa.applications.announcements import tell_assisted
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite_all
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.models import Applicant, Confirmation, TermsAcceptance
from kanssa.applications.periods import confirmation_ends_from
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import (
    DetailsMissing,
    NotAllowedNow,
    SignedPaperNeeded,
    SomethingChanged,
    TermsNotAccepted,
)
from kanssa.applications.states import Deed
from kanssa.applications.terms import terms_in_force
from kanssa.applications.times import day_of
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import somebody_acts
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def confirm_application(
    *,
    application_id: UUID,
    applicant_id: UUID,
    version_id: UUID,
    identified: Identified,
    actor: Actor,
    now: datetime,
    archive_reference: str = "",
) -> UUID:
    """Confirm the version that the person saw, for themselves. Gives the confirmation's id.

    Confirming again what is confirmed is the same confirmation. The last one makes the
    application valid. At the desk it is an assisted confirmation, with the archive reference of
    the signed paper where there is one; where a guardian or an agent acts, there must be. Refuses:
    NoSuchApplication, SomeoneElse, NotAllowedNow, SomethingChanged, DetailsMissing, TermsNotAccepted,
    NotIdentified, ProofNeeded, SignedPaperNeeded.
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    place = household.place_held_by(identified.person_id, applicant_id)
    household.require(Deed.CONFIRM)
    _require_seen(household, applicant_id, version_id)
    given = household.confirmation_of(applicant_id)
    if given is not None:
        return given.pk
    require_proof(identified)
    if identified.by_staff is not None and not archive_reference and somebody_acts(identified.id):
        raise SignedPaperNeeded
    _require_complete(household, applicant_id)
    terms = _accepted_terms(identified, now)
    confirmation = _confirm(household, place, version_id, identified, terms, archive_reference, now)
    record(
        "confirmed",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        confirmation=str(confirmation.pk),
        version=str(version_id),
        digest=bytes(confirmation.digest).hex(),
        terms=terms,
        assisted=identified.by_staff is not None,
        archive_reference=archive_reference,
        identification=str(identified.id),
        standing=str(household.standing.version.pk),
    )
    household.confirmations.append(confirmation)
    _no_longer_declined(place)
    if identified.by_staff is not None:
        tell_assisted(household, applicant_id, confirmation_id=confirmation.pk)
    if place.is_main:
        invite_all(household)
    weigh(household, rivals, actor=actor)
    return confirmation.pk


def _require_seen(household: Household, applicant_id: UUID, version_id: UUID) -> None:
    """What the person saw says of what concerns them what stands; else it was discarded or edited."""
    if applicant_id not in household.standing.digests:
        raise NotAllowedNow
    if not _says_the_same(version_id, household, applicant_id):
        raise SomethingChanged


def _require_complete(household: Household, applicant_id: UUID) -> None:
    missing = household.missing_details(applicant_id)
    if missing:
        raise DetailsMissing(fields=missing)


def _says_the_same(version_id: UUID, household: Household, applicant_id: UUID) -> bool:
    """Whether the version that was seen says the same of what concerns the person."""
    if version_id == household.standing.version.pk:
        return True
    seen = household.version(version_id)
    return seen is not None and seen.digests.get(applicant_id) == household.standing.digests[applicant_id]


def _accepted_terms(identified: Identified, now: datetime) -> str:
    terms = terms_in_force(day_of(now)).version
    accepted = TermsAcceptance.objects.filter(person_id=identified.person_id, terms=terms)
    if not accepted.exists():
        raise TermsNotAccepted
    return terms


def _confirm(
    household: Household,
    place: Applicant,
    version_id: UUID,
    identified: Identified,
    terms: str,
    archive_reference: str,
    now: datetime,
) -> Confirmation:
    return Confirmation.objects.create(
        application=household.application,
        applicant=place,
        person_id=identified.person_id,
        version_id=version_id,
        digest=household.standing.digests[place.pk],
        identification_id=identified.id,
        terms=terms,
        assisted_by=identified.by_staff,
        archive_reference=archive_reference,
        confirmed_at=now,
        ends_by=confirmation_ends_from(now),
    )


def _no_longer_declined(place: Applicant) -> None:
    if place.declined_at is not None:
        place.declined_at = None
        place.save(update_fields=["declined_at"])
