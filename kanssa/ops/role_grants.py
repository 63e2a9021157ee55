"""SQL that creates the service's and the reader's database roles and grants their rights.

The owner runs it after each `migrate`; it can be repeated while the service runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg import sql

from kanssa.ops.role_tables import ADD_ONLY, MAY_CHANGE, READ_ONLY, UNREAD_COLUMNS, UNREAD_TYPES

_ALL = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True)
class DatabaseLayout:
    """The database and schema; for each table, its columns and their types."""

    database: str
    schema: str
    tables: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class DatabaseRoles:
    service: str
    reader: str

    @property
    def both(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, (self.service, self.reader)))


def create_role_statement(role: str) -> sql.Composed:
    return sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(role))


def password(role: str, verifier: str) -> sql.Composed:
    # By its SCRAM verifier: the server and its log never see the password.
    return sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))


def grants(layout: DatabaseLayout, roles: DatabaseRoles) -> Iterator[sql.Composed]:
    yield from _on_the_database(layout, roles)
    # First, so that a right that is no longer listed is gone.
    yield from _taken_away(layout, roles)
    schema, service = sql.Identifier(layout.schema), sql.Identifier(roles.service)
    for table, columns in layout.tables.items():
        rights = _rights_of_the_service(table)
        yield sql.SQL("GRANT {} ON {}.{} TO {}").format(rights, schema, sql.Identifier(table), service)
        if readable := _readable(columns):
            yield sql.SQL("GRANT SELECT ({}) ON {}.{} TO {}").format(
                _names(readable), schema, sql.Identifier(table), sql.Identifier(roles.reader)
            )
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, service)
    # A table of the next migration must be usable before this runs again.
    yield from _for_later_tables(schema, service)


def _on_the_database(layout: DatabaseLayout, roles: DatabaseRoles) -> Iterator[sql.Composed]:
    database, schema = sql.Identifier(layout.database), sql.Identifier(layout.schema)
    # PUBLIC includes every role, so its default rights go first.
    yield sql.SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC, {}").format(database, roles.both)
    yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC, {}").format(schema, roles.both)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles.both)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, roles.both)


def _taken_away(layout: DatabaseLayout, roles: DatabaseRoles) -> Iterator[sql.Composed]:
    for kind in ("TABLES", "SEQUENCES"):
        yield sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA {} FROM PUBLIC, {}").format(
            sql.SQL(kind), sql.Identifier(layout.schema), roles.both
        )


def _for_later_tables(schema: sql.Identifier, service: sql.Identifier) -> Iterator[sql.Composed]:
    # Grant rights on future tables; until the next run only the triggers protect them.
    given = sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT {} ON {} TO {}")
    yield given.format(schema, sql.SQL(_ALL), sql.SQL("TABLES"), service)
    yield given.format(schema, sql.SQL("USAGE, SELECT"), sql.SQL("SEQUENCES"), service)


def _rights_of_the_service(table: str) -> sql.Composable:
    if table in READ_ONLY:
        return sql.SQL("SELECT")
    if table in ADD_ONLY:
        return sql.SQL("SELECT, INSERT")
    if table in MAY_CHANGE:
        return sql.SQL("SELECT, INSERT, UPDATE ({})").format(_names(MAY_CHANGE[table]))
    return sql.SQL(_ALL)


def _readable(columns: dict[str, str]) -> list[str]:
    return [name for name, kind in columns.items() if kind not in UNREAD_TYPES and name not in UNREAD_COLUMNS]


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
