"""`python -m bench`: what a person's confirming costs, beside the least that it could cost.

Starts everything itself, on loopback and in a folder of its own, and leaves no process.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence

from bench.service import ROOT, BenchService, running
from rehearsal.processes import CannotStart

_FEWEST_ROUNDS = 3


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; 1 when something was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, help="the first is dropped")
    parser.add_argument("--legs", type=int, default=32, help="in each round")
    parser.add_argument("--browsers", type=int, default=4, help="at once")
    chosen = parser.parse_args(arguments)
    if chosen.rounds < _FEWEST_ROUNDS or chosen.legs < chosen.browsers or chosen.browsers < 1:
        parser.error(f"at least {_FEWEST_ROUNDS} rounds, and a leg for each browser")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _say("starting PostgreSQL, web, worker, broker and mailbox")
        with running() as service_under_test:
            _measure(service_under_test, chosen.rounds, chosen.legs, chosen.browsers)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _measure(service_under_test: BenchService, rounds: int, legs: int, browsers: int) -> None:
    os.environ.update(service_under_test.environment)
    from bench import run  # noqa: PLC0415 - needs Django, which needs the environment

    found = run.measured(service_under_test, rounds=rounds, legs=legs, browsers=browsers, say=_say)
    path = ROOT / "artefacts" / "bench.json"
    run.report_results(found, path)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
