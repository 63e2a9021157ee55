"""`python -m kanssa.manage doctor`: what is not well, and its cure."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils.timezone import now

from kanssa.identification.examination import examine
from kanssa.identification.protocol import Finding
from kanssa.ops.role_rights import examine_role


def _identification() -> Iterable[Finding]:
    is_production = settings.MODE == "production"
    return examine(settings.IDENTIFICATION_FILE, now=now(), is_production=is_production)


def _database() -> Iterable[Finding]:
    try:
        yield from examine_role(connection)
    except DatabaseError as fault:
        said = str(fault).strip().splitlines()[0]
        cure = "Look at DATABASE_URL and at PostgreSQL."
        yield Finding("fault", f"The database does not answer: {said}.", cure)


_EXAMINED: Mapping[str, Callable[[], Iterable[Finding]]] = {
    "identification": _identification,
    "database": _database,
}


class Command(BaseCommand):
    """Examines; ends with 1 when there is a fault."""

    help = "Say what is not well, and its cure."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to examine."""
        parser.add_argument("what", choices=list(_EXAMINED))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Print one line a finding."""
        faults = 0
        for finding in _EXAMINED[options["what"]]():
            faults += finding.level == "fault"
            self.stdout.write(f"{finding.level:<6}{finding.said} {finding.cure}".rstrip())
        self.stdout.write(f"\nFaults: {faults}." if faults else "\nAll is well.")
        if faults:
            raise SystemExit(1)
