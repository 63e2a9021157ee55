"""Read applications with everything that a decision or a page needs, in one statement.

Child rows come as JSON arrays beside their application, so that no join multiplies rows.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
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
                WHERE application_id = application.id AND ended_at IS NULL))),
    (SELECT json_object_agg(first.applicant_id, first.at) FROM (
        SELECT invitation.applicant_id, min(invitation.sent_at) AS at FROM applications_invitation invitation
        JOIN applications_applicant invited ON invited.id = invitation.applicant_id
        WHERE invited.application_id = application.id GROUP BY invitation.applicant_id) first),
    (SELECT json_agg({proposal}) FROM applications_proposal proposal
        JOIN applications_applicant proposed ON proposed.id = proposal.applicant_id
        WHERE proposed.application_id = application.id),
    (SELECT json_agg({trouble}) FROM applications_addresstrouble trouble
        JOIN applications_applicant troubled ON troubled.id = trouble.applicant_id
        WHERE troubled.application_id = application.id)
FROM applications_application application WHERE application.id = ANY(%(ids)s)
"""
_TABLES: Mapping[str, type[models.Model]] = {
    "application": Application,
    "applicant": Applicant,
    "person": Person,
    "confirmation": Confirmation,
    "version": Version,
    "part": Part,
    "proposal": Proposal,
    "trouble": AddressTrouble,
}

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """The rows of one application; removed applicants and ended confirmations are among them.

    `applicants` has the main applicant first, `confirmations` the oldest. `versions` are the current one,
    the confirmed one and those of active confirmations, each with its parts. `first_invited` is when each
    co-applicant got their first link.
    """

    application: Application
    applicants: Sequence[Applicant]
    confirmations: list[Confirmation]
    versions: Mapping[UUID, tuple[Version, Sequence[Part]]]
    first_invited: dict[UUID, datetime]
    proposals: Sequence[Proposal]


def load_rows(ids: Iterable[UUID], *, seen: UUID | None = None) -> list[LoadedRows]:
    """Read applications in the order of the ids given, without those that do not exist.

    `seen` is one more version to read. A use case must lock the rows in an earlier statement: after a lock
    wait PostgreSQL reads the locked row again, but not the rows that were joined to it.
    """
    wanted = list(ids)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"ids": wanted, "seen": seen})
        # ANY() gives the rows in no order; the callers rely on that of the ids.
        found = {rows.application.pk: rows for rows in map(_rows, cursor.fetchall())}
    return [found[each] for each in wanted if each in found]


@cache
def _statement() -> str:
    return _STATEMENT.format(**{alias: _array(model, alias) for alias, model in _TABLES.items()})


def _array(model: type[models.Model], alias: str) -> str:
    columns = ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)  # noqa: SLF001 public
    return f"json_build_array({columns})"


def _rows(found: tuple[Any, ...]) -> LoadedRows:
    application = _made(Application, found[0])
    people = {row.pk: row for row in _all(Person, found[2])}
    troubles = _all(AddressTrouble, found[7])
    applicants = _all(Applicant, found[1])
    for each in applicants:
        each.application = application
        if each.person_id is not None:
            each.person = people[each.person_id]
        own = [trouble for trouble in troubles if trouble.applicant_id == each.pk]
        _prefetch(each, "address_troubles", own)
    versions = {row.pk: (row, parts) for row, parts in map(_version, found[4] or [])}
    confirmations = _all(Confirmation, found[3])
    for given in confirmations:
        given.application = application
        if given.version_id in versions:
            given.version = versions[given.version_id][0]
    _attach_versions(application, versions)
    first_invited = {UUID(key): datetime.fromisoformat(at) for key, at in (found[5] or {}).items()}
    return LoadedRows(
        application, applicants, confirmations, versions, first_invited, _all(Proposal, found[6])
    )


def _attach_versions(application: Application, versions: Mapping[UUID, tuple[Version, Any]]) -> None:
    for name in ("current_version", "confirmed_version"):
        key = getattr(application, f"{name}_id")
        if key is not None:
            setattr(application, name, versions[key][0])


def _version(found: Sequence[Any]) -> tuple[Version, Sequence[Part]]:
    return _made(Version, found[0]), _all(Part, found[1])


def _prefetch(row: models.Model, name: str, related: Collection[models.Model]) -> None:
    """Let `row.<name>.all()` give the rows that were read, as after `prefetch_related`."""
    rows = getattr(row, name).all()
    rows._result_cache = list(related)  # noqa: SLF001 what prefetch_related sets
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


def _all(model: type[Row], found: Sequence[Any] | None) -> list[Row]:
    return [_made(model, values) for values in found or ()]


def _made(model: type[Row], values: Sequence[Any]) -> Row:
    names, readers = _fields(model)
    read = [
        value if value is None or reader is None else reader(value)
        for reader, value in zip(readers, values, strict=True)
    ]
    return model.from_db(connection.alias, names, read)


@cache
def _fields(model: type[models.Model]) -> tuple[list[str], list[Callable[[Any], Any] | None]]:
    fields = model._meta.concrete_fields  # noqa: SLF001 public
    return [field.attname for field in fields], [_reader(field) for field in fields]


def _reader(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.ForeignKey):
        return _reader(target)
    if isinstance(target, models.UUIDField):
        return UUID
    if isinstance(target, models.DateTimeField):
        return datetime.fromisoformat
    return _bytes if isinstance(target, models.BinaryField) else None


def _bytes(hexadecimal: str) -> bytes:
    # PostgreSQL writes bytea into JSON as text that begins with a backslash and an x.
    return bytes.fromhex(hexadecimal[2:])
