"""Read what a supervisor judges on an application's history, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connection

from kanssa.applications.aggregate.version_view import open_part
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Part
from kanssa.database.json_rows import json_array, rows_from
from kanssa.evidence.models import DECISIONS

_STATEMENT = """
SELECT
    (SELECT json_object_agg(by.id, by.method) FROM identification_identification by WHERE by.id IN (
        SELECT identification_id FROM applications_applicant WHERE application_id = %(application)s
        UNION
        SELECT identification_id FROM applications_confirmation WHERE application_id = %(application)s)),
    (SELECT json_agg(applicant.id) FROM applications_applicant applicant
        JOIN applications_task task ON task.applicant_id = applicant.id AND task.outcome = 'accepted'
            AND task.identification_id = applicant.identification_id
        WHERE applicant.application_id = %(application)s),
    (SELECT json_agg({part}) FROM (
        SELECT DISTINCT ON (own.applicant_id) own.* FROM applications_part own
        JOIN applications_version_parts held ON held.part_id = own.id
        JOIN applications_version version ON version.id = held.version_id
        WHERE own.application_id = %(application)s AND own.applicant_id IS NOT NULL
        ORDER BY own.applicant_id, version.number DESC) part),
    (SELECT json_object_agg(member.id, member.name) FROM accounts_user member WHERE member.id IN (
        SELECT actor_id FROM evidence_event
        WHERE application_id = %(application)s AND kind = ANY(%(decisions)s)))
"""


@dataclass(frozen=True, slots=True)
class HistoryRows:
    """Rows that belong to the adults and decisions of one application.

    The methods of identifications, the adults `matched` by an accepted task, each adult's latest facts, and
    the names of the staff who decided.
    """

    methods: Mapping[UUID, str]
    matched: frozenset[UUID]
    facts: Mapping[UUID, Facts]
    names: Mapping[UUID, str]


def read_history_rows(application_id: UUID) -> HistoryRows:
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"application": application_id, "decisions": list(DECISIONS)})
        methods, matched, parts, names = cursor.fetchone()
    return HistoryRows(
        methods=_by_id(methods),
        matched=frozenset(map(UUID, matched or ())),
        facts={part.applicant_id: open_part(part) for part in rows_from(Part, parts) if part.applicant_id},
        names=_by_id(names),
    )


@cache
def _statement() -> str:
    return _STATEMENT.format(part=json_array(Part, "part"))


def _by_id(found: Mapping[str, str] | None) -> dict[UUID, str]:
    return {UUID(key): value for key, value in (found or {}).items()}
