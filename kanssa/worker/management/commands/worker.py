"""`python -m kanssa.manage worker`: send messages and run the timers, until stopped."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kanssa.database import time_limits
from kanssa.worker.runner import run_until_stopped


class Command(BaseCommand):
    """Run the worker. SIGINT and SIGTERM stop it after the message it is sending."""

    help = "Send messages and keep the timers, until stopped."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's; they may query a database that is unavailable

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        time_limits.set_limits(settings.WORKER_DATABASE_LIMITS)
        run_until_stopped()
