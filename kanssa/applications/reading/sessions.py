"""Reads who is signed in, with what the pages of a person ask first, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from kanssa.applications.aggregate.loading import LoadedRows, lateral_rows, lateral_values, rows_in
from kanssa.applications.aggregate.periods import copied_since
from kanssa.applications.aggregate.reauthentication import is_reauthenticated
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.notifications.asking_refusals import RefusedAsker, refused_asker
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import ACTIVE_STATES
from kanssa.calendar.days import day_of
from kanssa.database.json_rows import bytes_of, json_array, row_from
from kanssa.identification.models import Identification
from kanssa.identification.sessions import Identified, continue_session
from kanssa.people.models import Person

_STATEMENT = """
SELECT {identification}, {person},
    (SELECT json_agg(acceptance.terms) FROM applications_termsacceptance acceptance
        WHERE acceptance.person_id = identification.person_id),
    (SELECT json_agg(json_build_array(application.id, applicant.id, application.state))
        FROM applications_applicant applicant
        JOIN applications_application application ON application.id = applicant.application_id
        WHERE applicant.person_id = identification.person_id AND applicant.removed_at IS NULL),
    (SELECT json_agg(json_build_array(refusal.id, refusal.sealed) ORDER BY refusal.refused_at)
        FROM applications_askingrefusal refusal WHERE refusal.person_id = identification.person_id),
    EXISTS (SELECT 1 FROM applications_applicant gone
        WHERE gone.person_id = identification.person_id AND gone.removed_at > %(removed_since)s){read}
FROM identification_identification identification
JOIN people_person person ON person.id = identification.person_id
{joined}
WHERE identification.id = %(session)s
"""
_COLUMNS = 6
"""Those about the session; the columns of an application follow."""


@dataclass(frozen=True, slots=True)
class WantedApplication:
    """An application to read in the same statement."""

    id: UUID
    with_messages: bool


@dataclass(frozen=True, slots=True)
class PersonSession:
    """An active session: `applicants` are the person's, by application, on ended ones too.

    `was_removed`: from an application of which they can still copy their own part. `asking_refusals` are the
    sealed names of main applicants who may not ask the person again, by id. `read` holds the application
    that was read along, until `take` gives it.
    """

    identified: Identified
    accepted_terms: frozenset[str]
    applicants: Mapping[UUID, UUID]
    active_applicants: frozenset[UUID]
    asking_refusals: Mapping[UUID, bytes]
    was_removed: bool
    read: dict[UUID, LoadedRows] = field(default_factory=dict)

    @property
    def refused_askers(self) -> list[RefusedAsker]:
        """Give who may not ask the person again; nothing to a session by password alone."""
        is_shown = is_reauthenticated(self.identified)
        return [refused_asker(*row) for row in self.asking_refusals.items()] if is_shown else []

    def has_accepted_terms(self, *, now: datetime) -> bool:
        return terms_in_force(day_of(now)).version in self.accepted_terms

    def take(self, application_id: UUID) -> LoadedRows | None:
        """Give the rows that were read along, once, since their reader changes them."""
        return self.read.pop(application_id, None)

    def applicant_on(self, application_id: UUID) -> UUID:
        """Give the person's applicant on an application. Raises NoSuchApplication."""
        if application_id not in self.applicants:
            raise NoSuchApplication
        return self.applicants[application_id]


def read_session(
    identification_id: UUID, *, now: datetime, along: WantedApplication | None = None
) -> PersonSession | None:
    """Read a session; None where it was signed out, idle for too long or too old.

    `along` need not be the person's application: its reader decides what they may see.
    """
    found = _find(identification_id, along, now)
    if found is None:
        return None
    row = row_from(Identification, found[0])
    row.person = row_from(Person, found[1])
    identified = continue_session(row, now=now)
    if identified is None:
        return None
    held = [(UUID(application), UUID(applicant), state) for application, applicant, state in found[3] or ()]
    return PersonSession(
        identified=identified,
        accepted_terms=frozenset(found[2] or ()),
        applicants={application: applicant for application, applicant, _state in held},
        active_applicants=frozenset(applicant for _id, applicant, state in held if state in ACTIVE_STATES),
        asking_refusals={UUID(key): bytes_of(sealed) for key, sealed in found[4] or ()},
        was_removed=bool(found[5]),
        read={along.id: rows_in(found[_COLUMNS:])} if along and found[_COLUMNS:][:1] != (None,) else {},
    )


def _find(identification_id: UUID, along: WantedApplication | None, now: datetime) -> tuple[Any, ...] | None:
    given: dict[str, Any] = {"session": identification_id}
    if along:
        given = lateral_values(along.id, session=identification_id)
    given["removed_since"] = copied_since(now)
    with connection.cursor() as cursor:
        cursor.execute(_statement(with_messages=along and along.with_messages), given)
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


@cache
def _statement(*, with_messages: bool | None) -> str:
    """Give the SQL of a session; with an application too, unless `with_messages` is None."""
    read = joined = ""
    if with_messages is not None:
        rows = lateral_rows(reader="identification.person_id", with_messages=with_messages)
        read, joined = ", read.*", f"LEFT JOIN {rows} ON true"
    return _STATEMENT.format(
        identification=json_array(Identification, "identification"),
        person=json_array(Person, "person"),
        read=read,
        joined=joined,
    )
