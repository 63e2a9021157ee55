import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.content import Facts
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite_all
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, PersonKnown
from kanssa.applications.states import LIVING
from kanssa.applications.times import day_of
from kanssa.evidence.record import record
from kanssa.identification.living import Identified, begin_living
from kanssa.identification.models import DeskCheck
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.identity_document import DocumentCheck, Fault, fault_of
from kanssa.values.role import Role
from kanssa.vault import seal_json

METHOD = "desk"
_REVIEWED_OF = 10


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody acts for the person: by which document (its kind, date and issuer)."""

    kind: Literal["guardian", "agent"]
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How a document check came out: identified, or why not."""

    identified: Identified | None
    fault: Fault | None


@use_case
def identify_in_person(
    *,
    application_id: UUID,
    applicant_id: UUID,
    check: DocumentCheck,
    desk: str,
    acting: Acting | None,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> Checked:
    """A clerk identifies an adult by a document, in their presence (DOMAIN, The desk).

    What was answered is kept either way; whoever is refused is not identified and the reason is
    recorded. Filling the main applicant's place sends the invitations. While the identification
    lives, the clerk does for the person what they could do online. Refuses: NotYourRole,
    NoSuchApplication, OwnHousehold, NotAllowedNow, PersonKnown.
    """
    require_role(staff, Role.CLERK)
    household = locked(application_id, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if household.state not in LIVING:
        raise NotAllowedNow
    fault = fault_of(check, today=day_of(now), accepts_driving_licence=settings.DESK_TAKES_DRIVING_LICENCE)
    kept = _kept(check, place, desk, acting, staff, now)
    if fault is not None:
        kept.refused_because = fault
        kept.save(force_insert=True)
        record(
            "desk-refused",
            actor=actor,
            now=now,
            application_id=application_id,
            applicant_id=applicant_id,
            check=str(kept.pk),
            because=fault,
        )
        return Checked(None, fault)
    identified = _identify(household, place, check, staff, now)
    kept.identification_id = identified.id
    kept.for_review = secrets.randbelow(_REVIEWED_OF) == 0
    kept.save(force_insert=True)
    record(
        "desk-identified",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        check=str(kept.pk),
        identification=str(identified.id),
        acting=kept.acting,
    )
    return Checked(identified, None)


def _kept(
    check: DocumentCheck,
    place: Applicant,
    desk: str,
    acting: Acting | None,
    staff: StaffMember,
    now: datetime,
) -> DeskCheck:
    kept = DeskCheck(
        at=now,
        staff_id=staff.user_id,
        desk=desk,
        application_id=place.application_id,
        applicant_id=place.pk,
        kind=check.kind,
        issuer=check.issuer,
        expires_on=check.expires,
        number_end=check.number_end,
        answers=check.answers,
        difference=check.difference or "",
    )
    if acting is not None:
        kept.acting = acting.kind
        says = {"name": acting.name, "document": acting.document}
        kept.acting_sealed = seal_json(says, bound_to=f"desk-check:{kept.pk}")
    return kept


def _identify(
    household: Household, place: Applicant, check: DocumentCheck, staff: StaffMember, now: datetime
) -> Identified:
    person = place.person or _person(household, household.facts_of(place.pk), check)
    if check.is_code_same is False and place.person is not None and person.hetu is not None:
        raise PersonKnown  # they identified by this code, and the document has another
    identity = VerifiedIdentity(
        method=METHOD,
        hetu=person.hetu,
        last_name=check.last_name,
        first_names=check.first_names,
        born=check.born,
        assurance="high",
        authenticated_at=now,
    )
    identified = begin_living(identity, person=person, attempt_id=None, now=now, by_staff=staff.user_id)
    if place.person_id is None:
        place.person_id = person.pk
        place.identified_at = now
        place.identification_id = identified.id
        place.save(update_fields=["person", "identified_at", "identification"])
        if place.is_main:
            invite_all(household)
        keep(household)
    return identified


def _person(household: Household, facts: Facts, check: DocumentCheck) -> Person:
    """The person of the code that the clerk found to be theirs, else somebody without a code."""
    if not (check.is_code_same and facts.get("hetu")):
        return Person.objects.create()
    person = Person.objects.with_hetu(Hetu(facts["hetu"]))
    if any(other.person_id == person.pk for other in household.applicants.values()):
        raise PersonKnown
    return person
