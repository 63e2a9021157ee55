"""`python -m kanssa.manage doctor identification|mail-server`: what is not well, and its cure."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from kanssa.identification.examination import examine
from kanssa.identification.protocol import Finding
from kanssa.ops import mail_server


class Command(BaseCommand):
    """Examines; ends with 1 when there is a fault."""

    help = "Say what is not well, and its cure."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to examine."""
        parser.add_argument("what", choices=["identification", "mail-server"])

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Print one line a finding."""
        faults = 0
        for finding in _found(options["what"]):
            faults += finding.level == "fault"
            self.stdout.write(f"{finding.level:<6}{finding.said} {finding.cure}".rstrip())
        self.stdout.write(f"\nFaults: {faults}." if faults else "\nAll is well.")
        if faults:
            raise SystemExit(1)


def _found(what: str) -> Iterable[Finding]:
    if what == "mail-server":
        return mail_server.examine()
    is_production = settings.MODE == "production"
    return examine(settings.IDENTIFICATION_FILE, now=now(), is_production=is_production)
