import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.content import Facts, name_in
from kanssa.applications.desk_cases import require_stranger, what_is_compared
from kanssa.applications.desk_identifying import Proven, identify_at_desk
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, SomethingChanged
from kanssa.applications.states import LIVING
from kanssa.applications.times import day_of
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.identification.models import DeskCheck
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.identity_document import DocumentCheck, Fault, fault_of
from kanssa.values.role import Role
from kanssa.vault import seal_json

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
    NoSuchApplication, OwnHousehold, NotAllowedNow, PersonKnown, SomethingChanged (another
    name, birth date or code stands there than was compared).
    """
    require_role(staff, Role.CLERK)
    # People before applications, as when somebody confirms meanwhile.
    household, _rivals = locked_with_rivals(application_id, now=now)
    require_stranger(staff, household)
    place = household.applicants.get(applicant_id)
    if place is None:
        raise NoSuchApplication
    if household.state not in LIVING:
        raise NotAllowedNow
    facts = household.facts_of(applicant_id)
    if what_is_compared(facts) != check.compared:
        raise SomethingChanged
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
    identified = identify_at_desk(household, place, _proven(check, facts), staff=staff, now=now)
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


def _proven(check: DocumentCheck, facts: Facts) -> Proven:
    """Who is there, called as they spell it: a zone has neither Ä nor small letters."""
    shown = check.as_name.spelt_as(name_in(facts))
    return Proven(
        shown.family,
        shown.given,
        check.born,
        check.is_code_same,
        "high",
    )


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
        compared=check.compared,
    )
    if acting is not None:
        kept.acting = acting.kind
        says = {"name": acting.name, "document": acting.document}
        kept.acting_sealed = seal_json(says, bound_to=f"desk-check:{kept.pk}")
    return kept
