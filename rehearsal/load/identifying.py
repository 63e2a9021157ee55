"""People who identify: at a bank or at the desk, and what the first time leaves of them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import TermsAcceptance
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.identification.models import Identification
from kanssa.identification.sessions import DESK, seal_identity
from kanssa.people.models import Person, hetu_lookup
from kanssa.values.actor import Actor
from kanssa.values.identity import VerifiedIdentity
from kanssa.vault import seal_json
from rehearsal.load.kept import digest_of_terms
from rehearsal.load.people import TestPerson, random_id
from rehearsal.load.rare import protect
from rehearsal.load.rows import made

if TYPE_CHECKING:
    from rehearsal.load.life import Life

_SIGNED_OUT_AFTER = timedelta(minutes=9)
_PROTECTED = 0.005


def identified(life: "Life", person: TestPerson, *, at: datetime, clerk: UUID | None = None) -> UUID:
    """Let a person identify; gives the identification. The events lie in the life of an application."""
    identity = VerifiedIdentity(
        method=DESK if clerk else "bank",
        hetu=person.hetu,
        last_name=person.last_name,
        first_names=person.first_names,
        born=person.hetu.born,
        assurance="high" if clerk else "substantial",
        authenticated_at=at,
    )
    key = random_id(life.rng)
    row = made(
        Identification,
        id=key,
        person_id=person.id,
        method=identity.method,
        assurance=identity.assurance,
        identity=seal_identity(key, identity),
        authenticated_at=at,
        by_staff=clerk,
        began_at=at,
        seen_at=at + _SIGNED_OUT_AFTER,
        ended_at=at + _SIGNED_OUT_AFTER,
    )
    life.rows.add(row)
    _know(life, person, identification=key, at=at)
    if clerk is None:
        facts = {"method": row.method, "assurance": row.assurance, "identification": str(key)}
        life.record(EventKind.IDENTIFIED, Actor("person", person.id), facts, at=at, is_about=False)
    return key


def terms_of(life: "Life") -> str:
    return terms_in_force(day_of(life.setting.now)).version


def _know(life: "Life", person: TestPerson, *, identification: UUID, at: datetime) -> None:
    if person.id in life.rows.known_people:
        return
    life.rows.known_people.add(person.id)
    sealed = seal_json(person.hetu.code, bound_to=f"person:{person.id}:hetu")
    lookup = hetu_lookup(person.hetu)
    row = made(Person, id=person.id, hetu_lookup=lookup, hetu_sealed=sealed, first_seen_at=at)
    life.rows.add(row)
    if life.rng.random() < _PROTECTED:
        protect(life, row, at=at + _SIGNED_OUT_AFTER)
    terms = terms_of(life)
    accepted = made(
        TermsAcceptance,
        id=random_id(life.rng),
        person_id=person.id,
        terms=terms,
        language=person.language,
        digest=digest_of_terms(terms, person.language),
        accepted_at=at,
        identification_id=identification,
    )
    life.rows.add(accepted)
    facts = {"terms": terms, "language": person.language}
    life.record(EventKind.TERMS_ACCEPTED, Actor("person", person.id), facts, at=at, is_about=False)
