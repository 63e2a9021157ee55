"""`python -m kanssa.manage doctor identification|service`: what is not well, and its cure."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError
from django.utils.timezone import now

from kanssa.identification.examination import examine
from kanssa.ops.condition import attention, database_fault

_CURES: Mapping[str, str] = {
    "database-away": "The database does not answer. Start it, or correct DATABASE_URL.",
    "database-read-only": "The database takes no changes. Point DATABASE_URL to the primary.",
    "worker-silent": "No worker has given a sign for a while. Start `python -m kanssa.manage worker`.",
}

Line = tuple[str, str]


class Command(BaseCommand):
    """Examines; ends with 1 when there is a fault."""

    help = "Say what is not well, and its cure."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to examine."""
        parser.add_argument("what", choices=sorted(_EXAMINATIONS))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Print one line a finding."""
        faults = 0
        for level, said in _EXAMINATIONS[options["what"]]():
            faults += level == "fault"
            self.stdout.write(f"{level:<6}{said}".rstrip())
        self.stdout.write(f"\nFaults: {faults}." if faults else "\nAll is well.")
        if faults:
            raise SystemExit(1)


def _identification() -> Iterator[Line]:
    is_production = settings.MODE == "production"
    for finding in examine(settings.IDENTIFICATION_FILE, now=now(), is_production=is_production):
        yield finding.level, f"{finding.said} {finding.cure}"


def _service() -> Iterator[Line]:
    try:
        fault = database_fault()
        codes = [fault] if fault else attention(now=now())
    except (DatabaseError, InterfaceError):
        codes = ["database-away"]
    for code in codes:
        yield "fault", f"{code}: {_CURES[code]}"


_EXAMINATIONS: Mapping[str, Callable[[], Iterator[Line]]] = {
    "identification": _identification,
    "service": _service,
}
