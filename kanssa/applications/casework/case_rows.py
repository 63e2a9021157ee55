"""Read what a clerk sees on a case beside the application itself, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from kanssa.accounts.models import Account, ActivationCode
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import ContactRecord
from kanssa.applications.notifications.asking_refusals import REFUSERS
from kanssa.database.json_rows import attach_rows, json_array, row_from, rows_from
from kanssa.evidence.events import EventKind
from kanssa.evidence.models import Event
from kanssa.evidence.queries import ACCESS_ENDED
from kanssa.identification.models import CheckDecision, DeskCheck
from kanssa.people.models import Person

_RECENTLY = timedelta(minutes=15)
_OPENED = (EventKind.CASE_OPENED.value, EventKind.ADULT_OPENED.value)
# Endings are those of a person's access on any of their applications.
_STATEMENT = """
SELECT
    (SELECT json_agg({contact} ORDER BY contact.at DESC)
        FROM applications_contactrecord contact WHERE contact.application_id = %(application)s),
    (SELECT json_agg(json_build_array({check}, (SELECT json_agg({decision})
            FROM identification_checkdecision decision WHERE decision.desk_check_id = made.id))
            ORDER BY made.at DESC)
        FROM identification_deskcheck made WHERE made.application_id = %(application)s),
    (SELECT json_agg({slip} ORDER BY slip.issued_at DESC)
        FROM accounts_activationcode slip WHERE slip.person_id = ANY(%(people)s::uuid[])),
    (SELECT json_agg({account})
        FROM accounts_account account WHERE account.person_id = ANY(%(people)s::uuid[])),
    (SELECT json_agg(json_build_array(applicant.person_id, {event}) ORDER BY event.id DESC)
        FROM applications_applicant applicant
        JOIN evidence_event event ON event.application_id = applicant.application_id
            AND event.applicant_id = applicant.id AND event.kind = ANY(%(access_ended)s)
        WHERE applicant.person_id = ANY(%(people)s::uuid[])),
    (SELECT json_agg(json_build_array(opened.actor_id, colleague.name, opened.at) ORDER BY opened.id)
        FROM evidence_event opened JOIN accounts_user colleague ON colleague.id = opened.actor_id
        WHERE opened.application_id = %(application)s AND opened.kind = ANY(%(opened)s)
            AND opened.at > %(recently)s AND opened.actor_id <> %(reader)s),
    (SELECT json_agg({person})
        FROM people_person person WHERE person.hetu_lookup = ANY(%(codes)s::bytea[])),
    (SELECT json_agg(refuser.id) FROM ({refusers}) refuser)
"""
_TABLES: Mapping[str, tuple[str, type[models.Model]]] = {
    "contact": ("contact", ContactRecord),
    "check": ("made", DeskCheck),
    "decision": ("decision", CheckDecision),
    "slip": ("slip", ActivationCode),
    "account": ("account", Account),
    "event": ("event", Event),
    "person": ("person", Person),
}
_LEFT_OUT = {
    Account: ("email_lookup", "email_sealed", "password"),
    ActivationCode: ("code_hash",),
    CheckDecision: ("words_sealed",),
}
"""Contents that no reader of a case needs."""


@dataclass(frozen=True, slots=True)
class CaseRows:
    """All newest first.

    `endings` are events with the person whose access ended, `refusers` adults who do not want to be asked by
    this main applicant. `colleagues` are the names of others who opened the case in the last quarter of an
    hour, with the latest time.
    """

    contacts: Sequence[ContactRecord]
    checks: Sequence[DeskCheck]
    slips: Sequence[ActivationCode]
    accounts: Sequence[Account]
    endings: Sequence[tuple[UUID, Event]]
    colleagues: Sequence[tuple[str, datetime]]
    refusers: frozenset[UUID]


def read_case_rows(loaded: LoadedApplication, *, reader: UUID) -> CaseRows:
    """Read them; the people whose codes were typed are read along, for the question who is protected."""
    applicants = loaded.applicants.values()
    codes = [bytes(each.hetu_lookup) for each in applicants if each.hetu_lookup and each.person_id is None]
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(),
            {
                "application": loaded.application.pk,
                "people": [each.person_id for each in applicants if each.person_id],
                "access_ended": list(ACCESS_ENDED),
                "opened": list(_OPENED),
                "recently": loaded.now - _RECENTLY,
                "reader": reader,
                "codes": codes,
            },
        )
        found = cursor.fetchone()
    _attach_people(loaded, rows_from(Person, found[6]))
    return CaseRows(
        contacts=rows_from(ContactRecord, found[0]),
        checks=[_check(*each) for each in found[1] or ()],
        slips=rows_from(ActivationCode, found[2], without=_LEFT_OUT[ActivationCode]),
        accounts=rows_from(Account, found[3], without=_LEFT_OUT[Account]),
        endings=[(UUID(person), row_from(Event, event)) for person, event in found[4] or ()],
        colleagues=_colleagues(found[5] or ()),
        refusers=frozenset(map(UUID, found[7] or ())),
    )


@cache
def _statement() -> str:
    return _STATEMENT.format(
        refusers=REFUSERS.format(which="named.application_id = %(application)s", mailbox="NULL"),
        **{
            gap: json_array(model, alias, without=_LEFT_OUT.get(model, ()))
            for gap, (alias, model) in _TABLES.items()
        },
    )


def _check(made: Sequence[Any], decisions: Sequence[Sequence[Any]] | None) -> DeskCheck:
    check = row_from(DeskCheck, made)
    attach_rows(check, "decisions", rows_from(CheckDecision, decisions, without=_LEFT_OUT[CheckDecision]))
    return check


def _colleagues(opened: Sequence[tuple[str, str, str]]) -> list[tuple[str, datetime]]:
    latest = {actor: (name, datetime.fromisoformat(at)) for actor, name, at in opened}
    return list(latest.values())


def _attach_people(loaded: LoadedApplication, people: Sequence[Person]) -> None:
    by_code = {bytes(each.hetu_lookup): each for each in people if each.hetu_lookup}
    for applicant in loaded.applicants.values():
        if applicant.person_id is None and applicant.hetu_lookup:
            applicant.person_of_code = by_code.get(bytes(applicant.hetu_lookup))
