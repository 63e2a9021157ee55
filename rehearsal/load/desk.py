"""Rows that the desk leaves: document checks, tasks, contacts."""

from datetime import datetime, timedelta
from uuid import UUID

from kanssa.applications.casework.cases import comparison_fingerprint
from kanssa.applications.casework.matching import TaskKind
from kanssa.applications.models import ContactRecord, Task
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.identification.models import DeskCheck
from kanssa.values.actor import Actor
from kanssa.values.identity_document import DocumentCheck, DocumentKind
from rehearsal.load.identifying import identified
from rehearsal.load.life import Life
from rehearsal.load.people import TestPerson, random_id
from rehearsal.load.rows import made

_DESK = "Pohjoinen Rautatiekatu 11"
_UNREVIEWED_FOR = timedelta(days=10)
_DECIDED_AFTER = timedelta(days=3)


def identify_at_desk(life: Life, key: UUID, *, clerk: UUID, at: datetime) -> UUID:
    identification = life.identify(key, at=at, clerk=clerk)
    person, rng = life.people[key], life.rng
    check = DocumentCheck(
        kind=rng.choice((DocumentKind.PASSPORT, DocumentKind.IDENTITY_CARD)),
        issuer="FIN",
        expires=day_of(at) + timedelta(days=rng.randint(5, 3000)),
        number_end=f"{rng.randint(0, 999):03}",
        last_name=person.last_name,
        first_names=person.first_names,
        born=person.hetu.born,
        is_photo_same=True,
        is_name_same=True,
        is_born_same=True,
        is_marked_unverified=False,
        is_code_same=True,
    )
    row = made(
        DeskCheck,
        id=random_id(rng),
        at=at,
        staff_id=clerk,
        desk=_DESK,
        application_id=life.id,
        applicant_id=key,
        identification_id=identification,
        kind=check.kind,
        issuer=check.issuer,
        expires_on=check.expires,
        number_end=check.number_end,
        answers=check.answers,
        compared=comparison_fingerprint(life.versions.content.adults[key]),
        for_review=at > life.setting.now - _UNREVIEWED_FOR and rng.random() < 0.1,  # noqa: PLR2004 a tenth
    )
    life.rows.add(row)
    facts = {"check": str(row.pk), "identification": str(identification), "acting": ""}
    life.record(EventKind.DESK_IDENTIFIED, Actor("staff", clerk), facts, at=at, applicant=key)
    return identification


def task(life: Life, key: UUID, claimant: TestPerson, *, at: datetime) -> None:
    identification = identified(life, claimant, at=at)
    row = made(
        Task,
        id=random_id(life.rng),
        kind=TaskKind.OTHER_CODE,
        applicant_id=key,
        identification_id=identification,
        asked_at=at,
    )
    life.rows.add(row)
    facts = {"identification": str(identification)}
    life.record(EventKind.CLAIM_REQUESTED, Actor("person", claimant.id), facts, at=at, applicant=key)
    if at + _DECIDED_AFTER < life.setting.now and life.rng.random() < 0.7:  # noqa: PLR2004 most
        clerk = life.rng.choice(life.setting.clerks)
        row.decided_at, row.decided_by, row.outcome = at + _DECIDED_AFTER, clerk, "rejected"
        facts = {"task": str(row.pk), "about": str(row.kind), "outcome": row.outcome}
        life.record(EventKind.TASK_DECIDED, Actor("staff", clerk), facts, at=row.decided_at, applicant=key)


def contact(life: Life, *, at: datetime) -> None:
    clerk = life.rng.choice(life.setting.clerks)
    row = made(
        ContactRecord,
        id=random_id(life.rng),
        application_id=life.id,
        at=at,
        staff_id=clerk,
        channel="phone",
        outcome="visit-agreed",
    )
    life.rows.add(row)
    facts = {"channel": row.channel, "outcome": row.outcome}
    life.record(EventKind.CONTACT_RECORDED, Actor("staff", clerk), facts, at=at)
