"""`python -m kanssa.manage worker`: send messages and keep the timers, until stopped."""

from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

_LOOK_AGAIN_SECONDS = 5.0


class Command(BaseCommand):
    """Runs the worker. SIGINT and SIGTERM stop it after the letter that it is sending."""

    help = "Send messages and keep the timers, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Run until stopped."""
        connector = app.connector
        assert isinstance(connector, DjangoConnector)  # noqa: S101 for the type
        with app.replace_connector(connector.get_worker_connector()) as worker:
            worker.run_worker(
                concurrency=1, delete_jobs="successful", fetch_job_polling_interval=_LOOK_AGAIN_SECONDS
            )
