"""Ask PostgreSQL for the plan of each statement that a use case sends, as it is sent."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from django.db import connection

_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "NOTIFY", "EXPLAIN")
_EXPLAIN = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "
BIG = 2_000
"""A table of fewer rows may be scanned: it fits into a few pages, or does not grow with the applications."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One statement: the rows that its plan touched, and the big tables that it scanned.

    `touched` counts the rows that each scan gave or sifted out, so that an index that is read from end to
    end counts as much as a table.
    """

    sql: str
    touched: int
    scanned: frozenset[str]


@contextmanager
def explained(big_tables: frozenset[str]) -> Iterator[list[Explained]]:
    """Collect the plans of the statements sent meanwhile. Each is run once more, and undone."""
    found: list[Explained] = []
    with connection.execute_wrapper(partial(_explain, found, big_tables)):
        yield found


def big_tables() -> frozenset[str]:
    """Name the tables that may not be scanned, by the database's own counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [BIG])
        return frozenset(name for (name,) in cursor.fetchall())


def _explain(
    found: list[Explained],
    big: frozenset[str],
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 Django's signature
    context: dict[str, Any],
) -> Any:
    if not many and not sql.lstrip().upper().startswith(_CONTROL):
        found.append(_plan(sql, params, big))
    return execute(sql, params, many, context)


def _plan(sql: str, params: Any, big: frozenset[str]) -> Explained:
    assert connection.connection is not None
    # On the driver's own connection, so that this statement is not explained in turn.
    with connection.connection.transaction(force_rollback=True):
        cursor: psycopg.Cursor[Any] = connection.connection.execute(_EXPLAIN + sql, params)
        row = cursor.fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    nodes = list(_nodes(plan[0]["Plan"]))
    scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    touched = sum(_touched(node) for node in nodes if not _is_of_small_table(node, big))
    return Explained(" ".join(sql.split()), touched, frozenset(scanned & big))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _is_of_small_table(node: dict[str, Any], big: frozenset[str]) -> bool:
    """Tell whether a table is scanned that fits into a few pages: a larger one is read by an index."""
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] not in big


def _touched(node: dict[str, Any]) -> int:
    if not node["Node Type"].endswith("Scan"):
        return 0
    sifted = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + sifted) * node["Actual Loops"])
