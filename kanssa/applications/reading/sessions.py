"""Reads who is signed in, with what the pages of a person ask first, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection

from kanssa.applications.aggregate.periods import copied_since
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import ACTIVE_STATES
from kanssa.calendar.days import day_of
from kanssa.database.json_rows import json_array, row_from
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
    EXISTS (SELECT 1 FROM applications_applicant gone
        WHERE gone.person_id = identification.person_id AND gone.removed_at > %s)
FROM identification_identification identification
JOIN people_person person ON person.id = identification.person_id
WHERE identification.id = %s
"""


@dataclass(frozen=True, slots=True)
class PersonSession:
    """An active session: `applicants` are the person's, by application, on ended ones too.

    `was_removed`: from an application of which they can still copy their own part.
    """

    identified: Identified
    accepted_terms: frozenset[str]
    applicants: Mapping[UUID, UUID]
    active_applicants: frozenset[UUID]
    was_removed: bool

    def has_accepted_terms(self, *, now: datetime) -> bool:
        return terms_in_force(day_of(now)).version in self.accepted_terms

    def applicant_on(self, application_id: UUID) -> UUID:
        """Give the person's applicant on an application. Raises NoSuchApplication."""
        if application_id not in self.applicants:
            raise NoSuchApplication
        return self.applicants[application_id]


def read_session(identification_id: UUID, *, now: datetime) -> PersonSession | None:
    """Read a session; None where it was signed out, idle for too long or too old."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [copied_since(now), identification_id])
        found = cursor.fetchone()
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
        was_removed=bool(found[4]),
    )


@cache
def _statement() -> str:
    return _STATEMENT.format(
        identification=json_array(Identification, "identification"), person=json_array(Person, "person")
    )
