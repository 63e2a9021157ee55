"""Compare the rights of the connected database role with those that it must and must not have.

Reads the catalogues only, which any role may do. Counts rights that the role has itself, inherits, or
gets by SET ROLE to a role of which it is a member, or to the role that logged in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kanssa.identification.protocol import Finding
from kanssa.ops.role_tables import ADD_ONLY, GUARDS, MAY_CHANGE, READ_ONLY, UNREAD_COLUMNS, UNREAD_TYPES

CURE = "Connect as the role that `python -m kanssa.manage roles` makes, and run that as the owner."
_SHOWN = 4
_ME = """
    WITH me AS (
        SELECT oid FROM pg_roles
        WHERE pg_has_role(current_user, oid, 'MEMBER') OR pg_has_role(session_user, oid, 'MEMBER')
    ),
    here AS (SELECT * FROM pg_class WHERE relnamespace = current_schema()::regnamespace),
    tables AS (SELECT * FROM here WHERE relkind IN ('r', 'p', 'v', 'm', 'f'))
"""
_GIVEN: Mapping[str, Any] = {
    "fixed": [*ADD_ONLY, *MAY_CHANGE],
    "read_only": list(READ_ONLY),
    "may_change": [f"{table}.{column}" for table, columns in MAY_CHANGE.items() for column in columns],
    "unread_types": list(UNREAD_TYPES),
    "unread_columns": list(UNREAD_COLUMNS),
}


@dataclass(frozen=True, slots=True)
class _RightsQuery:
    """The SQL returns the names with a wrong right; none if the rights are correct."""

    wrong: str
    query: str


_FORBIDDEN = (
    _RightsQuery(
        # These attributes allow more than any grant.
        "is more than a role that logs in",
        """
        SELECT said FROM pg_roles JOIN me USING (oid), unnest(
            array[rolcreaterole, rolcreatedb, rolreplication, rolbypassrls],
            array['CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS']
        ) AS attribute (has, said) WHERE has
        """,
    ),
    _RightsQuery(
        "may act as",
        """
        SELECT rolname FROM pg_roles JOIN me USING (oid) WHERE rolname IN (
            'pg_write_all_data', 'pg_maintain', 'pg_read_server_files', 'pg_write_server_files',
            'pg_execute_server_program', 'pg_create_subscription'
        )
        """,
    ),
    _RightsQuery(
        "owns",
        """
        SELECT datname FROM pg_database WHERE datname = current_database() AND datdba IN (SELECT oid FROM me)
        UNION ALL SELECT nspname FROM pg_namespace
            WHERE nspname = current_schema() AND nspowner IN (SELECT oid FROM me)
        UNION ALL SELECT relname FROM here
            WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relowner IN (SELECT oid FROM me)
        UNION ALL SELECT proname FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND proowner IN (SELECT oid FROM me)
        """,
    ),
    _RightsQuery(
        # Temporary tables and own functions could shadow ours.
        "may create things in",
        """
        SELECT DISTINCT current_database() || ' (' || what || ')'
            FROM me, unnest(array['CREATE', 'TEMPORARY']) what
            WHERE has_database_privilege(me.oid, current_database(), what)
        UNION SELECT nspname FROM pg_namespace n, me
            WHERE nspname !~ '^pg_' AND has_schema_privilege(me.oid, n.oid, 'CREATE')
        """,
    ),
    _RightsQuery(
        "has a right over tables that only their owner needs",
        """
        SELECT DISTINCT what || ' ' || relname
            FROM tables t, me, unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) what
            WHERE has_table_privilege(me.oid, t.oid, what)
        """,
    ),
    _RightsQuery(
        "may delete or change what is only added",
        """
        SELECT DISTINCT 'DELETE ' || relname FROM tables t, me
            WHERE relname = ANY(%(fixed)s) AND has_table_privilege(me.oid, t.oid, 'DELETE')
        UNION SELECT DISTINCT 'UPDATE ' || relname || '.' || attname
            FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND attnum > 0 AND NOT attisdropped, me
            WHERE relname = ANY(%(fixed)s) AND relname || '.' || attname <> ALL(%(may_change)s)
                AND has_column_privilege(me.oid, t.oid, attnum, 'UPDATE')
        """,
    ),
    _RightsQuery(
        "may write what only migrations write",
        """
        SELECT DISTINCT relname FROM tables t, me
            WHERE relname = ANY(%(read_only)s)
                AND has_table_privilege(me.oid, t.oid, 'INSERT, UPDATE, DELETE')
        """,
    ),
    _RightsQuery(
        # The guards below are triggers.
        "may turn triggers off by",
        """
        SELECT DISTINCT 'session_replication_role' FROM me
            WHERE has_parameter_privilege(me.oid, 'session_replication_role', 'SET, ALTER SYSTEM')
        """,
    ),
)
_NEEDED = _RightsQuery(
    "lacks a right that the service needs",
    """
    SELECT what || ' ' || relname FROM tables t, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) what
        WHERE (what = 'SELECT' OR relname <> ALL(%(read_only)s))
            AND (what IN ('SELECT', 'INSERT') OR relname <> ALL(%(fixed)s))
            AND NOT has_table_privilege(t.oid, what)
    UNION ALL SELECT 'UPDATE ' || named FROM unnest(%(may_change)s::text[]) named
        WHERE NOT has_column_privilege(split_part(named, '.', 1), split_part(named, '.', 2), 'UPDATE')
    UNION ALL SELECT 'USAGE ' || relname FROM here h
        WHERE CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(h.oid, 'USAGE') END
    """,
)
_READ = _RightsQuery(
    "reads what is sealed",
    """
    SELECT DISTINCT relname || '.' || attname
        FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND attnum > 0 AND NOT attisdropped, me
        WHERE (atttypid::regtype::text = ANY(%(unread_types)s) OR attname = ANY(%(unread_columns)s))
            AND has_column_privilege(me.oid, t.oid, attnum, 'SELECT')
    """,
)
_WRITES = _RightsQuery(
    "writes",
    """
    SELECT DISTINCT relname FROM tables t, me
        WHERE has_any_column_privilege(me.oid, t.oid, 'INSERT, UPDATE')
            OR has_table_privilege(me.oid, t.oid, 'DELETE')
    """,
)
_CURRENT_ROLE = "SELECT current_user, bool_or(rolsuper) FROM pg_roles JOIN me USING (oid)"
_GUARDS_ON = """
    SELECT relname, tgname FROM pg_trigger t JOIN here ON here.oid = tgrelid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""


def examine_role(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    role, is_superuser = _current_role(connection)
    if is_superuser:
        yield Finding("fault", f"The database role {role} is a superuser: it may do everything.", CURE)
    else:
        yield from _rights_findings(connection, role)
    yield from _guard_findings(connection)


def _current_role(connection: BaseDatabaseWrapper) -> tuple[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(_ME + _CURRENT_ROLE)
        role, is_superuser = cursor.fetchone()
    return role, is_superuser


def _rights_findings(connection: BaseDatabaseWrapper, role: str) -> Iterator[Finding]:
    # The reader may be examined too: it must not see sealed values.
    is_reader = not _query_result(connection, _WRITES)
    rights_queries = [*_FORBIDDEN, _READ if is_reader else _NEEDED]
    faults = [
        finding for rights_query in rights_queries if (finding := _answer(connection, role, rights_query))
    ]
    what = "only reads, and nothing sealed" if is_reader else "has the service's rights and no others"
    yield from faults or [Finding("well", f"The database role {role} {what}.")]


def _answer(connection: BaseDatabaseWrapper, role: str, rights_query: _RightsQuery) -> Finding | None:
    names = _query_result(connection, rights_query)
    if not names:
        return None
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    summary = f"The database role {role} {rights_query.wrong}: {', '.join(names[:_SHOWN])}{more}."
    return Finding("fault", summary, CURE)


def _query_result(connection: BaseDatabaseWrapper, rights_query: _RightsQuery) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ME + rights_query.query, dict(_GIVEN))
        return sorted(name for (name,) in cursor.fetchall())


def _guard_findings(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_ME + _GUARDS_ON)
        on = set(cursor.fetchall())
    for table, triggers in GUARDS.items():
        for trigger in triggers:
            if (table, trigger) not in on:
                summary = f"The trigger {trigger} on {table} is off or missing: rows can be changed unseen."
                yield Finding(
                    "fault", summary, f"As the owner: ALTER TABLE {table} ENABLE TRIGGER {trigger}."
                )
