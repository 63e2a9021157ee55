"""Rare rows: links to drafts, slips, usernames, non-disclosure orders, departures, annulments."""

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kanssa.accounts.models import Account, ActivationCode
from kanssa.applications.models import DraftLink
from kanssa.applications.transitions.annulments import ANNULLED
from kanssa.evidence.events import EventKind
from kanssa.links.mailed_link import hash_token
from kanssa.messages.queue import email_lookup_of
from kanssa.people.models import Person
from kanssa.values.actor import Actor
from kanssa.vault import seal_json
from rehearsal.load.codes import slip_of
from rehearsal.load.people import TestPerson, random_id
from rehearsal.load.rows import made

if TYPE_CHECKING:
    from rehearsal.load.life import Life

_TOKEN_BYTES = 32
_OPENED_AFTER = timedelta(minutes=30)
_NO_PASSWORD = "!"  # noqa: S105 no one signs in with it


def mail_draft_link(life: "Life", *, at: datetime) -> None:
    """Mail the browser a link to its draft."""
    token = base64.urlsafe_b64encode(life.rng.randbytes(_TOKEN_BYTES)).decode().rstrip("=")
    link = made(
        DraftLink, id=random_id(life.rng), application_id=life.id, token_hash=hash_token(token), sent_at=at
    )
    life.rows.add(link)
    life.record(EventKind.DRAFT_LINK_SENT, Actor("browser"), at=at)


def issue_slip(life: "Life", person: TestPerson, *, clerk: UUID, at: datetime) -> None:
    """Let a clerk print an activation code for a person; with an e-mail address they open a username."""
    if person.id in life.rows.with_slip:
        return
    slip = slip_of(life.number, seed=life.setting.seed)
    life.rows.with_slip.add(person.id)
    is_used = bool(person.email) and life.rng.random() < 0.6  # noqa: PLR2004 most
    row = made(
        ActivationCode,
        id=random_id(life.rng),
        person_id=person.id,
        slip=slip,
        code_hash=life.rng.randbytes(_TOKEN_BYTES),
        issued_at=at,
        issued_by=clerk,
        tries=1 if is_used else life.rng.choice((0, 0, 0, 1, 5)),
    )
    life.rows.add(row)
    facts = {"person": str(person.id), "slip": slip}
    life.record(EventKind.ACTIVATION_CODE_ISSUED, Actor("staff", clerk), facts, at=at)
    if is_used:
        row.ended_at, row.ended_because = at + _OPENED_AFTER, "used"
        _open_account(life, person, at=at + _OPENED_AFTER)


def protect(life: "Life", row: Person, *, at: datetime) -> None:
    """Let the register report a non-disclosure order, and a clerk read the person's application."""
    row.non_disclosure_sealed = seal_json({"register": True}, bound_to=f"person:{row.pk}:protection")
    clerk = Actor("staff", life.rng.choice(life.setting.clerks))
    facts = {"what": "case", "reason": "contact"}
    life.record(EventKind.PROTECTED_READ, clerk, facts, at=at, applicant=life.main)


def depart(life: "Life", key: UUID, *, at: datetime) -> None:
    """Let a clerk record that a co-applicant moved away."""
    clerk = life.rng.choice(life.setting.clerks)
    row = life.applicants[key]
    row.left_at, row.left_because, row.left_by = at, "moved", clerk
    facts = {"because": "moved", "grounds": "relative"}
    life.record(EventKind.DEPARTURE_RECORDED, Actor("staff", clerk), facts, at=at, applicant=key)


def annul_last(life: "Life", *, at: datetime) -> None:
    """Let a supervisor annul the latest confirmation of an application that was not valid yet."""
    if not life.confirmations:
        return
    given = life.confirmations[-1]
    given.ended_at, given.ended_because = at, ANNULLED
    facts = {"confirmation": str(given.pk), "grounds": "forged"}
    supervisor = Actor("staff", life.rng.choice(life.setting.clerks))
    life.record(EventKind.CONFIRMATION_ANNULLED, supervisor, facts, at=at, applicant=given.applicant_id)


def _open_account(life: "Life", person: TestPerson, *, at: datetime) -> None:
    account = made(
        Account,
        person_id=person.id,
        email_lookup=email_lookup_of(person.email),
        email_sealed=seal_json(person.email, bound_to=f"account:{person.id}"),
        password=_NO_PASSWORD,
        language=person.language,
        opened_at=at,
    )
    life.rows.add(account)
