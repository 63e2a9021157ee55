"""Wait for a starting program as long as it makes progress, however busy the machine is."""

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_SECONDS_WITHOUT_PROGRESS = 180.0
_SECONDS_BETWEEN_NOTICES = 20.0
_SECONDS_BETWEEN_LOOKS = 1.0

Clock = Callable[[], float]


class ProgressWatch:
    """Ends after minutes without progress, and prints what it waits for meanwhile.

    Progress is processor time of the program and its children, or a growing log.
    """

    def __init__(
        self,
        awaited: str,
        *,
        effort: Callable[[], object],
        clock: Clock = time.monotonic,
        say: Callable[[str], None] = lambda line: print(line, flush=True),
    ) -> None:
        self._awaited = awaited
        self._effort = effort
        self._clock = clock
        self._say = say
        self._last_effort = effort()
        self._progressed_at = self._told_at = self._looked_at = clock()

    def is_over(self, *, failing: bool = False) -> bool:
        """Check again. A `failing` program (it answers with an error) makes no progress."""
        now = self._clock()
        if now - self._looked_at < _SECONDS_BETWEEN_LOOKS:
            return False
        self._looked_at, effort = now, self._effort()
        if effort != self._last_effort and not failing:
            self._progressed_at, self._last_effort = now, effort
        if now - self._told_at >= _SECONDS_BETWEEN_NOTICES:
            self._told_at = now
            self._say(f"Still waiting for {self._awaited}.")
        return now - self._progressed_at >= _SECONDS_WITHOUT_PROGRESS


def progress_of(pid: int, log: Path) -> tuple[int, int]:
    """Return a process's processor time, with descendants (clock ticks), and its log's size (bytes)."""
    size = 0
    with suppress(FileNotFoundError):
        size = log.stat().st_size
    return _ticks_of_family(pid), size


def _ticks_of_family(pid: int) -> int:
    # Return 0 where there is no /proc: then only the log shows progress.
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The program's name, in parentheses, may contain anything.
            fields = stat.read_text().rpartition(")")[2].split()
            number, parent = int(stat.parent.name), int(fields[1])
            # Its own ticks and those of ended children, in user and kernel mode.
            ticks[number] = sum(map(int, fields[11:15]))
            children[parent].append(number)
    family, total = [pid], 0
    while family:
        member = family.pop()
        total += ticks.get(member, 0)
        family += children[member]
    return total
