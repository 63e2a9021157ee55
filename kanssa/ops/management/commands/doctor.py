"""`python -m kanssa.manage doctor identification|mail`: what is not well, and its cure."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from kanssa import clock
from kanssa.identification.examination import examine
from kanssa.identification.protocol import Finding
from kanssa.ops.mail import examine_mail


class Command(BaseCommand):
    """Examines; ends with 1 when there is a fault."""

    help = "Say what is not well, and its cure."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to examine."""
        parser.add_argument("what", choices=["identification", "mail"])

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Print one line a finding."""
        faults = 0
        for finding in _found(options["what"]):
            faults += finding.level == "fault"
            self.stdout.write(f"{finding.level:<6}{finding.said} {finding.cure}".rstrip())
        self.stdout.write(f"\nFaults: {faults}." if faults else "\nAll is well.")
        if faults:
            raise SystemExit(1)


def _found(what: str) -> Iterator[Finding]:
    if what == "mail":
        return examine_mail(now=clock.now())
    is_production = settings.MODE == "production"
    return examine(settings.IDENTIFICATION_FILE, now=now(), is_production=is_production)
