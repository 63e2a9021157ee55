"""`python -m kanssa.manage doctor [what]`: list problems with their cures."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils.timezone import now

from kanssa import clock
from kanssa.identification.diagnosis.examination import examine
from kanssa.identification.protocol import Finding
from kanssa.ops import mail_server
from kanssa.ops.mail_status import find_mail_problems
from kanssa.ops.role_rights import examine_role
from kanssa.ops.service_status import database_problem, worker_problems


def _identification() -> Iterable[Finding]:
    # Certificates and keys expire in real time, whatever the rehearsal's clock shows.
    is_production = settings.MODE == "production"
    return examine(settings.IDENTIFICATION_FILE, now=now(), is_production=is_production)


def _mail() -> Iterator[Finding]:
    yield from mail_server.examine()
    yield from find_mail_problems(now=clock.now())


def _database() -> Iterable[Finding]:
    return examine_role(connection)


def _service() -> Iterator[Finding]:
    fault = database_problem()
    codes = [fault] if fault else worker_problems(clock.now())
    return (Finding("fault", f"{code}.", _CURES[code]) for code in codes)


_CURES: Mapping[str, str] = {
    "database-read-only": "The database takes no changes. Point DATABASE_URL to the primary.",
    "worker-silent": "No worker has given a sign for a while. Start `python -m kanssa.manage worker`.",
}
_EXAMINED: Mapping[str, Callable[[], Iterable[Finding]]] = {
    "identification": _identification,
    "database": _database,
    "mail": _mail,
    "service": _service,
}


class Command(BaseCommand):
    """Prints one line per finding; the exit code is 1 if there is a fault."""

    help = "Say what is not well, and its cure."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", choices=list(_EXAMINED))

    def handle(self, *_arguments: Any, **options: Any) -> None:
        chosen = [options["what"]] if options["what"] else list(_EXAMINED)
        findings = [finding for what in chosen for finding in _found(what)]
        for finding in findings:
            self.stdout.write(f"{finding.level:<6}{finding.summary} {finding.cure}".rstrip())
        faults = sum(finding.level == "fault" for finding in findings)
        self.stdout.write(f"\nFaults: {faults}." if faults else "\nAll is well.")
        if faults:
            raise SystemExit(1)


def _found(what: str) -> Iterator[Finding]:
    try:
        yield from _EXAMINED[what]()
    except (DatabaseError, InterfaceError) as fault:
        summary = str(fault).strip().splitlines()[0]
        cure = "Look at DATABASE_URL and at PostgreSQL."
        yield Finding("fault", f"The database does not answer: {summary}.", cure)
