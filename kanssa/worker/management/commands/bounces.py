"""`python -m kanssa.manage bounces`: read returned mail, for an alias of the mail server."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from kanssa import clock
from kanssa.worker.bounces import read_mail, read_maildir


class Command(BaseCommand):
    """Read one mail from standard input, or a Maildir. Mail that is no bounce of ours is no error."""

    help = "Note bounced mail: one from standard input, or with --maildir all new of KANSSA_BOUNCE_MAILDIR."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", action="store_true", help="read the Maildir of the settings")
        parser.add_argument(
            "--to", default="", help="the envelope's recipient, such as Postfix's ${recipient}"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        now = clock.now()
        try:
            if options["maildir"]:
                noted = read_maildir(now=now)
            else:
                noted = int(read_mail(sys.stdin.buffer.read(), to=options["to"], now=now))
        except DatabaseError as fault:
            # With EX_TEMPFAIL the mail server tries again later.
            raise CommandError("the database does not answer", returncode=os.EX_TEMPFAIL) from fault
        self.stdout.write(f"bounces noted: {noted}")
