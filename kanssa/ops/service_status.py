"""The state of the service as stable codes, for readiness, `doctor` and metrics."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection

from kanssa.messages.health import mail_health

Check = Callable[[datetime], list[str]]


def database_problem() -> str:
    """Return why the database accepts no changes, as a code; empty if it does.

    Raises DatabaseError or InterfaceError if it does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool")
        return "database-read-only" if cursor.fetchone()[0] else ""


def worker_silence() -> float | None:
    """In seconds; None if no worker is registered. Workers write a heartbeat every ten seconds."""
    # The database's clock measures, so that no two clocks have to agree.
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)


def worker_problems(now: datetime) -> list[str]:  # noqa: ARG001 as every check
    silence = worker_silence()
    is_silent = silence is None or silence > settings.WORKER_SILENT_AFTER.total_seconds()
    return ["worker-silent"] if is_silent else []


def mail_problems(now: datetime) -> list[str]:
    mail = mail_health(now)
    is_late = mail.oldest_waiting is not None and mail.oldest_waiting > settings.MAIL_OVERDUE_AFTER
    codes = {"mail-late": is_late, "mail-paused": mail.paused, "mail-set-aside": mail.set_aside > 0}
    return [code for code, is_so in codes.items() if is_so]


CHECKS: tuple[Check, ...] = (worker_problems, mail_problems)


def service_problems(*, now: datetime) -> list[str]:
    return [code for check in CHECKS for code in check(now)]
