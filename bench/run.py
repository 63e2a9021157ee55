"""The order of a measuring, in a house that runs. Importing it sets Django up."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - what follows needs the models, which Django loads above
from django.utils import timezone  # noqa: E402

from bench import baselines, consistency, lookups, report  # noqa: E402
from bench.confirming_leg import WaitingApplication  # noqa: E402
from bench.process_usage import memory_mb  # noqa: E402
from bench.rounds import rounds as run_rounds  # noqa: E402
from bench.rounds import wait_for_messages  # noqa: E402
from bench.service import BenchService  # noqa: E402
from bench.waiting_applications import prepared  # noqa: E402

_FEW, _MANY = 500, 50_000


def measured(
    service_under_test: BenchService, *, rounds: int, legs: int, browsers: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Prepare, measure, check what is left. Raises what a leg, the letters or the check raise."""
    say(f"sending {rounds * legs} applications")
    waiting = _sent(rounds * legs)
    wait_for_messages(service_under_test, len(waiting))
    before = memory_mb(service_under_test.roots["web"])
    found = []
    with baselines.measuring(service_under_test) as limit:
        for each in run_rounds(service_under_test, waiting, a_round=legs, browsers=browsers, limits=limit):
            found.append(each)
            say(f"round {len(found)} of {rounds}: {sum(each.cpu.values()):.1f} ms of CPU a leg")
    memory = {"before": before, "after": memory_mb(service_under_test.roots["web"])}
    consistency.check(waiting)
    say("every leg left one confirmation, event, seat and letter")
    say("look-ups, among few households and among many")
    last = prepared(rounds * legs, now=timezone.now())
    grown = lookups.measured(last, few=_FEW, many=_MANY)
    connection.close()
    return report.figures(found, grown, legs=legs, browsers=browsers, memory_mb=memory)


def report_results(found: Mapping[str, Any], path: Path) -> None:
    """Print the table and keep the figures."""
    print(report.table(found))
    report.write(found, path)


def _sent(count: int) -> list[WaitingApplication]:
    now = timezone.now() - timedelta(minutes=5)
    sent = [prepared(number, now=now) for number in range(count)]
    connection.close()
    return sent
