"""Waiting for a program that starts: as long as it works, however busy the machine is."""

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
    """Ends when a program made no progress for minutes, and says meanwhile what is waited for.

    Progress is processor time of the program and its children, or a log that grows.
    """

    def __init__(
        self,
        awaited: str,
        *,
        effort: Callable[[], object],
        clock: Clock = time.monotonic,
        say: Callable[[str], None] = lambda line: print(line, flush=True),
    ) -> None:
        """Begin to wait for what is `awaited`; `effort` gives a value that changes with progress."""
        self._awaited = awaited
        self._effort = effort
        self._clock = clock
        self._say = say
        self._last_effort = effort()
        self._progressed_at = self._told_at = self._looked_at = clock()

    def is_over(self, *, failing: bool = False) -> bool:
        """Look again. A program that is `failing` (it answers, with an error) makes no progress."""
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
    """The processor time of a process and its descendants (clock ticks), and the size of its log (bytes)."""
    size = 0
    with suppress(FileNotFoundError):
        size = log.stat().st_size
    return _ticks_of_family(pid), size


def _ticks_of_family(pid: int) -> int:
    """0 where there is no /proc: then the log alone tells."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program, in parentheses, may hold anything.
            fields = stat.read_text().rpartition(")")[2].split()
            number, parent = int(stat.parent.name), int(fields[1])
            # Its own and that of children that have ended, as user and in the kernel.
            ticks[number] = sum(map(int, fields[11:15]))
            children[parent].append(number)
    family, total = [pid], 0
    while family:
        member = family.pop()
        total += ticks.get(member, 0)
        family += children[member]
    return total
