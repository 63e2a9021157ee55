"""Identifying an adult of an application at the desk: what both ways there have in common."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanssa.accounts.staff import StaffMember
from kanssa.applications.content import Facts, merged
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite_all
from kanssa.applications.keeping import keep
from kanssa.applications.models import Applicant
from kanssa.applications.proposals import keep_as_typed
from kanssa.applications.refusals import PersonKnown
from kanssa.applications.revising import revise
from kanssa.identification.living import DESK, Identified, begin_living
from kanssa.people.models import Person
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity


@dataclass(frozen=True, slots=True)
class Proven:
    """Who was found to be there. `is_code_same`: the application's identity code is theirs."""

    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    is_code_same: bool | None
    assurance: Literal["substantial", "high"]


def identify_at_desk(
    household: Household, place: Applicant, proven: Proven, *, staff: StaffMember, now: datetime
) -> Identified:
    """Let a person be identified, and fill their place. The caller holds the lock. Refuses: PersonKnown.

    An identity code of the application that is found not to be theirs is taken out of it.
    """
    person = place.person or _person(household, household.facts_of(place.pk), proven)
    if proven.is_code_same is False and place.person is not None and person.hetu is not None:
        raise PersonKnown  # they identified by this code, and it is not theirs
    identity = VerifiedIdentity(
        method=DESK,
        hetu=person.hetu,
        last_name=proven.last_name,
        first_names=proven.first_names,
        born=proven.born,
        assurance=proven.assurance,
        authenticated_at=now,
    )
    identified = begin_living(identity, person=person, attempt_id=None, now=now, by_staff=staff.user_id)
    if place.person_id is None:
        keep_as_typed(place, household.facts_of(place.pk))
        place.person_id = person.pk
        place.identified_at = now
        place.identification_id = identified.id
        place.save(update_fields=["person", "identified_at", "identification"])
        if place.is_main:
            invite_all(household)
        keep(household)
    if proven.is_code_same is False:
        _take_code_out(household, place, proven, staff)
    return identified


def _take_code_out(household: Household, place: Applicant, proven: Proven, staff: StaffMember) -> None:
    """Nobody confirms under another's code: the birth date and the nationality stand instead of it."""
    facts = household.facts_of(place.pk)
    if "hetu" not in facts or place.pk not in household.standing.digests or proven.born is None:
        return
    place.hetu_lookup = None
    place.save(update_fields=["hetu_lookup"])
    nationality = facts.get("citizenship") or "unknown"
    known = {"no_hetu": True, "born": proven.born.isoformat(), "nationality": nationality}
    content = household.standing.content.with_adult(place.pk, merged(facts, known))
    revise(household, content, actor=staff.actor, valid_until=household.valid_until)
    keep(household)


def _person(household: Household, facts: Facts, proven: Proven) -> Person:
    """The person of the code that was found to be theirs, else somebody without a code."""
    if not (proven.is_code_same and facts.get("hetu")):
        return Person.objects.create()
    person = Person.objects.with_hetu(Hetu(facts["hetu"]))
    if any(other.person_id == person.pk for other in household.applicants.values()):
        raise PersonKnown
    return person
