"""Rows of a table as JSON arrays within one statement, and back as instances of its model."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def json_array(model: type[models.Model], alias: str, *, without: tuple[str, ...] = ()) -> str:
    columns = ", ".join(f'{alias}."{field.column}"' for field in _fields(model, without))
    return f"json_build_array({columns})"


def row_from(model: type[Row], values: Sequence[Any], *, without: tuple[str, ...] = ()) -> Row:
    names, readers = _readers(model, without)
    read = [
        value if value is None or reader is None else reader(value)
        for reader, value in zip(readers, values, strict=True)
    ]
    return model.from_db(connection.alias, names, read)


def rows_from(
    model: type[Row], found: Sequence[Sequence[Any]] | None, *, without: tuple[str, ...] = ()
) -> list[Row]:
    # Of no rows PostgreSQL gives NULL.
    return [row_from(model, values, without=without) for values in found or ()]


def attach_rows(row: models.Model, name: str, related: Collection[models.Model]) -> None:
    """Let `row.<name>.all()` give the rows that were read, as after `prefetch_related`."""
    rows = getattr(row, name).all()
    rows._result_cache = list(related)  # noqa: SLF001 what prefetch_related sets
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


@cache
def _fields(model: type[models.Model], without: tuple[str, ...]) -> list[Any]:
    fields = model._meta.concrete_fields  # noqa: SLF001 public
    return [field for field in fields if field.attname not in without]


@cache
def _readers(
    model: type[models.Model], without: tuple[str, ...]
) -> tuple[list[str], list[Callable[[Any], Any] | None]]:
    fields = _fields(model, without)
    return [field.attname for field in fields], [_reader(field) for field in fields]


def _reader(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    if isinstance(field, models.UUIDField):
        return UUID
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, models.DateField):
        return date.fromisoformat
    return bytes_of if isinstance(field, models.BinaryField) else None


def bytes_of(hexadecimal: str) -> bytes:
    # PostgreSQL writes bytea into JSON as text that begins with a backslash and an x.
    return bytes.fromhex(hexadecimal[2:])
