"""`python -m bench`: what the journey of two adults costs, beside the least that it could cost.

Starts the demo in a folder of its own; writes docs/performance.md and artefacts/bench.json.
"""

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from functools import partial

from bench.demo import ROOT, running


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, and docs/ stay as they are")
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="at least so many requests")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running() as demo:
        os.environ.update({**demo.environment, "DJANGO_SETTINGS_MODULE": "kanssa.settings"})
        from bench import report  # noqa: PLC0415 these need Django, which needs the environment
        from bench.measuring import Sizes, measure  # noqa: PLC0415

        small = Sizes(rounds=3, journeys=2, legs=4, counted=2, due=50, memory=chosen.memory)
        sizes = small if chosen.quick else Sizes(memory=chosen.memory)
        results = measure(demo, sizes, partial(print, file=sys.stderr, flush=True))
    page = report.rendered(results)
    print(page)
    (ROOT / "artefacts").mkdir(exist_ok=True)
    (ROOT / "artefacts" / "bench.json").write_text(json.dumps(asdict(results), indent=1))
    if not chosen.quick:
        report.PAGE.write_text(page)


if __name__ == "__main__":
    main()
