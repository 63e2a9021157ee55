"""`python -m rehearsal.advance_days --to 14`: advance the demo day by day, with each day's timers.

After a jump of the clock, most reminders would be too old to send.
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from io import StringIO

import django
from django.core.management import call_command

from rehearsal.clock import MOST_DAYS, of_this_process

_SUMMARY = re.compile(r"(.+): (\d+)")


def advance_days(to: int) -> Counter[str]:
    clock = of_this_process()
    before = clock.days_ahead
    done: Counter[str] = Counter()
    for day in range(before + 1, to + 1) if to > before else [to]:
        clock.move_to(day)
        done += _timers()
    return done


def _timers() -> Counter[str]:
    output = StringIO()
    call_command("timers", stdout=output)
    return Counter({what: int(count) for what, count in _SUMMARY.findall(output.getvalue())})


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.advance_days")
    parser.add_argument("--to", type=int, required=True, choices=range(MOST_DAYS + 1), metavar="DAYS")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
    django.setup()
    for what, count in advance_days(options.to).items():
        print(f"{what}: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
