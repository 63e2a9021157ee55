"""Read applications with everything that a decision or a page needs, in one statement.

Child rows come as JSON arrays beside their application, so that no join multiplies rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from kanssa.applications.models import (
    AddressTrouble,
    Applicant,
    Application,
    Confirmation,
    Part,
    Proposal,
    Version,
)
from kanssa.applications.states import ACTIVE_STATES
from kanssa.database.json_rows import attach_rows, bytes_of, json_array, row_from, rows_from
from kanssa.identification.sessions import Identified
from kanssa.messages.models import Message
from kanssa.people.models import Person

# Versions that only ended confirmations refer to are left out: they are read when asked for.
_STATEMENT = """
SELECT {application},
    (SELECT json_agg({applicant} ORDER BY applicant.is_main DESC, applicant.position)
        FROM applications_applicant applicant WHERE applicant.application_id = application.id),
    (SELECT json_agg({person}) FROM people_person person WHERE person.id IN
        (SELECT person_id FROM applications_applicant WHERE application_id = application.id)),
    (SELECT json_agg({confirmation} ORDER BY confirmation.confirmed_at)
        FROM applications_confirmation confirmation WHERE confirmation.application_id = application.id),
    (SELECT json_agg(json_build_array({version}, (SELECT json_agg({part})
            FROM applications_version_parts held JOIN applications_part part ON part.id = held.part_id
            WHERE held.version_id = version.id)))
        FROM applications_version version WHERE version.application_id = application.id AND (
            version.id IN (application.current_version_id, application.confirmed_version_id)
            OR version.id = %(seen)s
            OR version.id IN (SELECT version_id FROM applications_confirmation
                WHERE application_id = application.id AND ended_at IS NULL)
            OR version.id IN (SELECT seen_version_id FROM applications_applicant
                WHERE application_id = application.id))),
    (SELECT json_object_agg(first.applicant_id, first.at) FROM (
        SELECT invitation.applicant_id, min(invitation.sent_at) AS at FROM applications_invitation invitation
        JOIN applications_applicant invited ON invited.id = invitation.applicant_id
        WHERE invited.application_id = application.id GROUP BY invitation.applicant_id) first),
    (SELECT json_agg({proposal}) FROM applications_proposal proposal
        JOIN applications_applicant proposed ON proposed.id = proposal.applicant_id
        WHERE proposed.application_id = application.id),
    (SELECT json_agg({trouble}) FROM applications_addresstrouble trouble
        JOIN applications_applicant troubled ON troubled.id = trouble.applicant_id
        WHERE troubled.application_id = application.id),
    (SELECT json_build_array(latest.number, latest.hash) FROM applications_version latest
        WHERE latest.application_id = application.id ORDER BY latest.number DESC LIMIT 1),
    (SELECT json_agg(seat.person_id) FROM applications_seat seat WHERE seat.application_id = application.id),
    (SELECT json_agg(acceptance.terms) FROM applications_termsacceptance acceptance
        WHERE acceptance.person_id = {reader}),
    (SELECT json_agg(DISTINCT other.reference) FROM applications_confirmation given
        JOIN applications_application other ON other.id = given.application_id
        WHERE given.person_id = {reader} AND given.ended_at IS NULL
            AND other.id <> application.id AND other.state = ANY(%(active)s)),
    (SELECT acting.ended_at IS NULL AND acting.annulled_at IS NULL
        FROM identification_identification acting WHERE acting.id = %(session)s::uuid),
    {messages}
FROM applications_application application WHERE
"""
# Not by a parameter: PostgreSQL would count their cost in the plan without them, and not keep that plan.
_MESSAGES = """(SELECT coalesce(json_agg({message} ORDER BY message.written_at DESC), '[]')
    FROM messages_message message WHERE message.application_id = application.id)"""
_NO_MESSAGES = "NULL::json"
_READER = "%(reader)s::uuid"
_ACTIVE = [str(state) for state in ACTIVE_STATES]
_BY_ID = "application.id = %(id)s"
"""By itself, since PostgreSQL plans each array of ids again instead of keeping the plan."""
_BY_IDS = "application.id = ANY(%(ids)s)"
_BY_HOLD = """application.id = (
    SELECT hold.application_id FROM applications_browserhold hold
    LEFT JOIN identification_identification bound ON bound.id = hold.identification_id
    WHERE hold.id = %(hold)s AND bound.ended_at IS NULL)"""
_OF_READER = """application.id = ANY(ARRAY(
    SELECT application_id FROM applications_applicant
    WHERE person_id = %(reader)s AND (removed_at IS NULL OR removed_at > %(removed_since)s)
)) ORDER BY application.sent_at DESC NULLS LAST"""
_TABLES: Mapping[str, type[models.Model]] = {
    "application": Application,
    "applicant": Applicant,
    "person": Person,
    "confirmation": Confirmation,
    "version": Version,
    "part": Part,
    "proposal": Proposal,
    "trouble": AddressTrouble,
    "message": Message,
}
_LEFT_OUT: Mapping[type[models.Model], tuple[str, ...]] = {Message: ("sealed",)}
"""Contents that no reader of an application needs."""


@dataclass(frozen=True, slots=True)
class LatestVersion:
    """The newest version by its number; it is not the current one after a change was discarded."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """The rows of one application; removed applicants and ended confirmations are among them.

    `applicants` has the main applicant first, `confirmations` the oldest. `versions` are the current one,
    the confirmed one and those of active confirmations, each with its parts. `first_invited` is when each
    co-applicant got their first link, `seated` are the people who have their seat here. About the reader, if
    one is named: `accepted_terms`, the references of other active applications that they have confirmed
    (`rivals`), and whether their session still is active. `messages`, newest first and without contents,
    are there if they were requested.
    """

    application: Application
    applicants: Sequence[Applicant]
    confirmations: list[Confirmation]
    versions: Mapping[UUID, tuple[Version, Sequence[Part]]]
    first_invited: dict[UUID, datetime]
    proposals: Sequence[Proposal]
    latest: LatestVersion | None
    seated: frozenset[UUID]
    accepted_terms: frozenset[str]
    rivals: tuple[str, ...]
    is_session_active: bool
    messages: Sequence[Message] | None


def load_rows(
    ids: Iterable[UUID],
    *,
    seen: UUID | None = None,
    reader: Identified | None = None,
    with_messages: bool = False,
) -> list[LoadedRows]:
    """Read applications in the order of their ids given; what does not exist is left out.

    `seen` is one more version to read, `reader` the person who reads or acts. Inside a use case the rows are
    locked by a statement before: after waiting for a lock PostgreSQL reads the locked row again, but what was
    joined to it as it was before.
    """
    wanted = list(ids)
    if not wanted:
        return []
    where, given = _BY_ID if len(wanted) == 1 else _BY_IDS, {"id": wanted[0], "ids": wanted, "seen": seen}
    # ANY() gives the rows in no order; the callers rely on that of the ids.
    read = _read(where, reader, given, with_messages=with_messages)
    found = {rows.application.pk: rows for rows in read}
    return [found[each] for each in wanted if each in found]


def load_rows_of(reader: Identified, *, removed_since: datetime) -> list[LoadedRows]:
    """Read all applications that a person is an applicant on, or was until then, the newest first."""
    return _read(_OF_READER, reader, {"seen": None, "removed_since": removed_since})


def load_rows_by_hold(hold_id: UUID) -> list[LoadedRows]:
    """Read the application that a browser holds; none if the hold or the session bound to it has ended."""
    return _read(_BY_HOLD, None, {"hold": hold_id, "seen": None})


def lateral_rows(*, reader: str, with_messages: bool) -> str:
    """Give the SQL that joins the rows of `%(application)s`; `reader` is a person's id in SQL."""
    return (
        f"LATERAL ({_statement(reader, with_messages=with_messages)} application.id = %(application)s) read"
    )


def lateral_values(application_id: UUID, *, session: UUID) -> dict[str, Any]:
    """Give the values of `lateral_rows`; its columns are read by `rows_in`."""
    return {"application": application_id, "session": session, "seen": None, "active": _ACTIVE}


def _read(
    where: str, reader: Identified | None, given: dict[str, Any], *, with_messages: bool = False
) -> list[LoadedRows]:
    of_reader = {"reader": reader and reader.person_id, "session": reader and reader.id}
    statement = _statement(_READER, with_messages=with_messages) + where
    with connection.cursor() as cursor:
        cursor.execute(statement, given | of_reader | {"active": _ACTIVE})
        return [rows_in(row) for row in cursor.fetchall()]


@cache
def _statement(reader: str, *, with_messages: bool) -> str:
    rows = {
        alias: json_array(model, alias, without=_LEFT_OUT.get(model, ())) for alias, model in _TABLES.items()
    }
    messages = _MESSAGES.format(message=rows.pop("message")) if with_messages else _NO_MESSAGES
    return _STATEMENT.format(reader=reader, messages=messages, **rows)


def rows_in(found: Sequence[Any]) -> LoadedRows:
    """Make the rows of the columns that were selected."""
    application = row_from(Application, found[0])
    people = {row.pk: row for row in rows_from(Person, found[2])}
    troubles = rows_from(AddressTrouble, found[7])
    applicants = rows_from(Applicant, found[1])
    # Attached here, so that no property reads a row once more.
    for each in applicants:
        each.application = application
        if each.person_id is not None:
            each.person = people[each.person_id]
        own = [trouble for trouble in troubles if trouble.applicant_id == each.pk]
        attach_rows(each, "address_troubles", own)
    versions = {row.pk: (row, parts) for row, parts in map(_version, found[4] or [])}
    confirmations = rows_from(Confirmation, found[3])
    for given in confirmations:
        given.application = application
        if given.version_id in versions:
            given.version = versions[given.version_id][0]
    _attach_versions(application, versions)
    first_invited = {UUID(key): datetime.fromisoformat(at) for key, at in (found[5] or {}).items()}
    return LoadedRows(
        application=application,
        applicants=applicants,
        confirmations=confirmations,
        versions=versions,
        first_invited=first_invited,
        proposals=rows_from(Proposal, found[6]),
        latest=_latest(found[8]),
        seated=frozenset(map(UUID, found[9] or ())),
        accepted_terms=frozenset(found[10] or ()),
        rivals=tuple(found[11] or ()),
        is_session_active=bool(found[12]),
        messages=None if found[13] is None else rows_from(Message, found[13], without=_LEFT_OUT[Message]),
    )


def _attach_versions(application: Application, versions: Mapping[UUID, tuple[Version, Any]]) -> None:
    for name in ("current_version", "confirmed_version"):
        key = getattr(application, f"{name}_id")
        if key is not None:
            setattr(application, name, versions[key][0])


def _version(found: Sequence[Any]) -> tuple[Version, Sequence[Part]]:
    return row_from(Version, found[0]), rows_from(Part, found[1])


def _latest(found: tuple[int, str] | None) -> LatestVersion | None:
    return LatestVersion(found[0], bytes_of(found[1])) if found else None
