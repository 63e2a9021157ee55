"""Rows in memory, and their way into the database: COPY, with every constraint and trigger on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models.base import ModelState
from psycopg import sql
from psycopg.types.json import Jsonb

from kanssa.applications.models import SearchToken, Version
from kanssa.evidence.models import Event

_PARTS = Version.parts.through


Row = TypeVar("Row", bound=models.Model)


def made(model: type[Row], **values: Any) -> Row:
    # As unpickling makes one: calling the class takes seven times as long.
    row = model.__new__(model)
    row._state = ModelState()  # noqa: SLF001 as its own __init__ does
    row.__dict__.update(_defaults(model))
    row.__dict__.update(values)
    return row


class Rows:
    """Rows to write: model instances by their table, and the many small rows as they are."""

    def __init__(self) -> None:
        self.by_model: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.search_tokens: list[tuple[UUID, str, bytes]] = []
        self.version_parts: list[tuple[UUID, UUID]] = []
        self.events: list[tuple[Any, ...]] = []
        self.known_people: set[UUID] = set()
        self.with_slip: set[UUID] = set()
        self.troubled: set[tuple[UUID | None, str]] = set()

    def add(self, row: models.Model) -> None:
        self.by_model[type(row)].append(row)

    def write(self) -> None:
        # Foreign keys are looked at when the transaction ends, so the order of the tables is free.
        for model, rows in self.by_model.items():
            fields = _written_fields(model)
            columns = [(field, _converter(field)) for field in fields]
            _copy(model, fields, (_values(row, columns) for row in rows))
        # In the order of their index, which is by far the largest.
        self.search_tokens.sort(key=lambda token: token[2])
        _copy(SearchToken, _named(SearchToken, "applicant", "kind", "lookup"), self.search_tokens)
        self.events.sort(key=lambda event: event[0])
        _copy(Event, _written_fields(Event), self.events)
        _copy(_PARTS, _named(_PARTS, "version", "part"), self.version_parts)


def _copy(
    model: type[models.Model], fields: Sequence["models.Field[Any, Any]"], rows: Iterable[Sequence[Any]]
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(model._meta.db_table),  # noqa: SLF001 public
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([_type(field) for field in fields])
        for row in rows:
            copy.write_row(row)


def _values(
    row: models.Model, columns: Sequence[tuple["models.Field[Any, Any]", Callable[[Any], Any] | None]]
) -> list[Any]:
    found = []
    for field, converter in columns:
        value = row.__dict__[field.attname]
        found.append(converter(value) if converter and value is not None else value)
    return found


@cache
def _defaults(model: type[models.Model]) -> Mapping[str, Any]:
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}  # noqa: SLF001 public


@cache
def _written_fields(model: type[models.Model]) -> Sequence["models.Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]  # noqa: SLF001 public


def _named(model: type[models.Model], *names: str) -> Sequence["models.Field[Any, Any]"]:
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc] # noqa: SLF001 public


def _converter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return Jsonb
    return str if isinstance(field, models.CharField) else None


def _type(field: "models.Field[Any, Any]") -> str:
    return (field.db_type(connection) or "").partition("(")[0]
