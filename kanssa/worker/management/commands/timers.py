"""`python -m kanssa.manage timers`: run all timers once, now."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand

from kanssa import clock
from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.worker.bounces import read_maildir
from kanssa.worker.deliveries import deliver_waiting
from kanssa.worker.timers import run_timers

# Messages go last: the timers before them write some.
_DONE: Mapping[str, Callable[..., int]] = {
    "bounces noted": read_maildir,
    "applications looked after": run_timers,
    "old drafts deleted": delete_old_drafts,
    "messages sent": deliver_waiting,
}


class Command(BaseCommand):
    """Run every timer once; running it again repeats nothing."""

    help = "Do once, now, what the worker does by the clock; says what and how often."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        now = clock.now()
        for what, do in _DONE.items():
            self.stdout.write(f"{what}: {do(now=now)}")
