"""`python -m kanssa.manage story <reference>`: the life of one application, without personal data."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from kanssa import clock
from kanssa.ops.story import story_of


class Command(BaseCommand):
    """Reads only. Names no person, no address and no code."""

    help = "Tell the life of one application: its states, events and messages, without personal data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="for example H-26-7K3Q-XW")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Print it. Raises CommandError for a reference that no application has."""
        reference = options["reference"].strip().upper()
        try:
            lines = list(story_of(reference, now=clock.now()))
        except OperationalError as away:
            raise CommandError(f"The database does not answer: {away}") from away
        if not lines:
            raise CommandError("No application has this reference.")
        self.stdout.write("\n".join(lines))
