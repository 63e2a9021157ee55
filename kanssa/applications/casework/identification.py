"""Identify an adult at the desk: the common part of both ways, by document and by decision."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanssa.accounts.staff import StaffMember
from kanssa.applications.aggregate.corrections import keep_proven_identity
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts, merged
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import PersonKnown
from kanssa.applications.transitions.invitations import invite_all
from kanssa.applications.transitions.revising import revise
from kanssa.applications.transitions.saving import save
from kanssa.identification.sessions import DESK, Identified, begin_session
from kanssa.people.models import Person
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """The identity that the desk found. `is_code_same`: the application's identity code is theirs."""

    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    is_code_same: bool | None
    assurance: Literal["substantial", "high"]


def identify_at_desk(
    application: LoadedApplication,
    applicant: Applicant,
    proven: ProvenIdentity,
    *,
    staff: StaffMember,
    now: datetime,
) -> Identified:
    """Begin a session for a person, who claims the applicant. The caller holds the lock.

    An identity code on the application that is not theirs is removed from it. Refuses: PersonKnown.
    """
    person = applicant.person or _person(application, application.facts_of(applicant.pk), proven)
    if proven.is_code_same is False and applicant.person is not None and person.hetu is not None:
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
    identified = begin_session(identity, person=person, attempt_id=None, now=now, by_staff=staff.user_id)
    if applicant.person_id is None:
        # Before the claim: from then on the record holds the adult's own answers.
        application.keep_typed_answers(applicant)
        facts = application.facts_of(applicant.pk)
        keep_proven_identity(applicant, facts, hetu=person.hetu, born=proven.born)
        applicant.person_id = person.pk
        applicant.identified_at = now
        applicant.identification_id = identified.id
        applicant.save(update_fields=["person", "identified_at", "identification"])
        if applicant.is_main:
            invite_all(application)
        save(application)
    if proven.is_code_same is False:
        # After the claim: the claim binds the row, and the code must not.
        _remove_code(application, applicant, proven, staff)
    return identified


def _remove_code(
    application: LoadedApplication, applicant: Applicant, proven: ProvenIdentity, staff: StaffMember
) -> None:
    facts = application.facts_of(applicant.pk)
    if "hetu" not in facts or applicant.pk not in application.current.digests or proven.born is None:
        return
    # No person may confirm under another person's code.
    applicant.hetu_lookup = None
    applicant.save(update_fields=["hetu_lookup"])
    nationality = facts.get("citizenship") or "unknown"
    known = {"no_hetu": True, "born": proven.born.isoformat(), "nationality": nationality}
    content = application.current.content.with_adult(applicant.pk, merged(facts, known))
    # No new validity: a correction at the desk renews nothing.
    revise(application, content, actor=staff.actor, valid_until=application.valid_until)
    save(application)


def _person(application: LoadedApplication, facts: Facts, proven: ProvenIdentity) -> Person:
    if not (proven.is_code_same and facts.get("hetu")):
        return Person.objects.create()
    person = Person.objects.with_hetu(Hetu(facts["hetu"]))
    if any(other.person_id == person.pk for other in application.applicants.values()):
        raise PersonKnown
    return person
