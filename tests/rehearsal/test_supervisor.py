"""Stopping the demo's supervisor."""

import os
import signal
import subprocess
import sys

from rehearsal.supervisor import StopFlag

WAITS = """
import signal, sys
from rehearsal.supervisor import StopFlag
stop = StopFlag()
signal.signal(signal.SIGTERM, lambda _signum, _frame: stop.set())
print("waiting", flush=True)
while not stop.wait(0.0005):
    pass
"""


def test_a_set_flag_is_seen_by_every_wait() -> None:
    flag = StopFlag()

    before = flag.wait(0)
    flag.set()

    assert not before
    assert flag.wait(60)
    assert flag.wait(60)


def test_a_signal_at_any_moment_of_a_wait_stops_it() -> None:
    for _time in range(5):
        waiting = subprocess.Popen(
            [sys.executable, "-c", WAITS], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
        )
        assert waiting.stdout is not None
        waiting.stdout.readline()

        waiting.send_signal(signal.SIGTERM)

        assert waiting.wait(timeout=60) == 0
        waiting.stdout.close()
