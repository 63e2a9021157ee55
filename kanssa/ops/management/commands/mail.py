"""`python -m kanssa.manage mail list|retry|dismiss|resume`: manage outgoing mail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.db.models import Count, Min

from kanssa import clock
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.models import Message
from kanssa.messages.pauses import end_pauses
from kanssa.messages.transitions import erase_set_aside, requeue_set_aside


class Command(BaseCommand):
    """Prints topics, reasons and counts; no person and no address."""

    help = "List what is set aside or held; send what was set aside again, or dismiss it; end pauses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "retry", "dismiss", "resume"])

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        try:
            self._do(options["what"])
        except OperationalError as away:
            raise CommandError(f"The database does not answer: {away}") from away

    def _do(self, what: str) -> None:
        match what:
            case "list":
                self._list()
            case "retry":
                self.stdout.write(f"messages sent again: {requeue_set_aside(now=clock.now())}")
            case "dismiss":
                self.stdout.write(f"messages dismissed: {erase_set_aside()}")
            case "resume":
                self.stdout.write(f"pauses ended: {end_pauses()}")

    def _list(self) -> None:
        kept = Message.objects.filter(
            delivery__in=(Delivery.SET_ASIDE, Delivery.HELD, Delivery.DELAYED), sealed__isnull=False
        )
        groups = kept.values("delivery", "failure", "failure_code", "topic").annotate(
            count=Count("pk"), oldest=Min("written_at")
        )
        for each in groups.order_by("-delivery", "failure", "failure_code", "topic"):
            oldest = each["oldest"].isoformat(timespec="minutes")
            failure = f"{each['failure']} ({each['failure_code']})"
            self.stdout.write(
                f"{each['count']:>6}  {each['delivery']:<10}  {failure:<40}  {each['topic']}, oldest {oldest}"
            )
