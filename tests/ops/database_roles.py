"""The service's and the reader's roles in a test: made by the command, undone with its transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql


def names() -> tuple[str, str]:
    """Name one pair per database: roles belong to the whole server, where tests run side by side."""
    return tuple(f"{connection.settings_dict['NAME']}_{what}" for what in ("service", "reader"))


def made(*more: str) -> str:
    """Run the command; return its output."""
    said, (service, reader) = StringIO(), names()
    call_command("roles", "--service", service, "--reader", reader, *more, stdout=said)
    return said.getvalue()


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Run SQL as if this role had logged in."""
    run(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(role)))
    try:
        yield
    finally:
        # In a broken transaction no statement is accepted, and its rollback resets the role anyway.
        if not connection.needs_rollback:
            run("RESET SESSION AUTHORIZATION")


def run(statement, *given):
    """Run SQL in a savepoint, so that an error leaves the test's transaction usable."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return cursor.fetchall() if cursor.description else []
