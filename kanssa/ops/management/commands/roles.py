"""`python -m kanssa.manage roles`: create the database roles of the service and of a reader."""

import os
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from kanssa.ops.role_grants import DatabaseLayout, DatabaseRoles, create_role_statement, grants, password

_LOCK = 7_219_305
_PASSWORDS = {"service": "KANSSA_SERVICE_PASSWORD", "reader": "KANSSA_READER_PASSWORD"}


class Command(BaseCommand):
    """Run it with the owner's DATABASE_URL after each `migrate`; it can be repeated."""

    help = "Make the database roles of the service and of a reader, and give them exactly their rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--service", default="kanssa_service", help="the role of web and worker")
        parser.add_argument("--reader", default="kanssa_reader", help="the role that only reads")
        parser.add_argument("--print", action="store_true", help="print the SQL in place of running it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        roles = DatabaseRoles(options["service"], options["reader"])
        connection.ensure_connection()
        try:
            with transaction.atomic():
                self._make(roles, is_printed=options["print"])
        except ProgrammingError as refused:
            raise CommandError(f"PostgreSQL refuses: {refused}") from refused

    def _make(self, roles: DatabaseRoles, *, is_printed: bool) -> None:
        with connection.cursor() as cursor:
            # Two runs at once would fail on concurrent updates of the same catalogue rows.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        passwords = _new_passwords(roles)
        for statement in [*_logins(roles, passwords), *grants(_database_layout(), roles)]:
            text = statement.as_string(connection.connection)
            if is_printed:
                self.stdout.write(f"{text};")
            else:
                _run(text)
        if not is_printed:
            self._report(roles, passwords)

    def _report(self, roles: DatabaseRoles, passwords: dict[str, str]) -> None:
        self.stdout.write(f"{roles.service} (service) and {roles.reader} (reader) have their rights.")
        for role, word in passwords.items():
            if word not in map(os.environ.get, _PASSWORDS.values()):
                self.stdout.write(f"{role}, shown this once: {_address(role, word)}")


def _new_passwords(roles: DatabaseRoles) -> dict[str, str]:
    # Map roles to passwords: from the environment, or random for a newly created role.
    given = {
        roles.service: os.environ.get(_PASSWORDS["service"], ""),
        roles.reader: os.environ.get(_PASSWORDS["reader"], ""),
    }
    return {
        role: word or secrets.token_urlsafe(24) for role, word in given.items() if word or not _exists(role)
    }


def _logins(roles: DatabaseRoles, passwords: dict[str, str]) -> Iterator[sql.Composed]:
    for role in (roles.service, roles.reader):
        if not _exists(role):
            yield create_role_statement(role)
        if role in passwords:
            pgconn = connection.connection.pgconn
            # Made here: neither the server's log nor its statistics see the password.
            verifier = pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            yield password(role, verifier.decode())


def _exists(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        owner, exists = cursor.fetchone()
    if role == owner:
        raise CommandError(f"DATABASE_URL connects as {role} itself: give this command the owner's.")
    return bool(exists)


def _database_layout() -> DatabaseLayout:
    tables: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = cursor.fetchone()
        cursor.execute(
            """
            SELECT relname, attname, atttypid::regtype::text FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            ORDER BY relname, attnum
            """
        )
        for table, column, kind in cursor.fetchall():
            tables.setdefault(table, {})[column] = kind
    # Rights are given by table: an empty database would get none.
    if "django_migrations" not in tables:
        raise CommandError("The database is empty: run `python -m kanssa.manage migrate` first.")
    return DatabaseLayout(database, schema, tables)


def _run(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text.replace("%", "%%"), [])


def _address(role: str, word: str) -> str:
    at = connection.settings_dict
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{quote(role, safe='')}:{word}@{at['HOST']}{port}/{quote(at['NAME'], safe='')}"
