"""The demo's time: the real one, and as many days ahead as a file in its folder says.

Every process of the demo reads the file each time it asks, so all of them move at once.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

VARIABLE = "REHEARSAL_CLOCK_FILE"
MOST_DAYS = 800
HELSINKI = ZoneInfo("Europe/Helsinki")


class Clock:
    """The time of a demo, kept in `file`; without the file, or any, it is today."""

    def __init__(self, file: Path | None) -> None:
        """Read nothing yet."""
        self._file = file

    @property
    def days_ahead(self) -> int:
        """How many days this demo is ahead of the real time."""
        try:
            return _within_bounds(int(self._file.read_text())) if self._file else 0
        except (FileNotFoundError, ValueError):
            return 0

    def move_to(self, days_ahead: int) -> None:
        """Let it be so many days ahead, also after a restart."""
        if self._file is None:
            raise ValueError("this clock has no file: it cannot be moved")
        unfinished = self._file.with_name(f"{self._file.name}.unfinished")
        unfinished.write_text(f"{_within_bounds(days_ahead)}\n")
        unfinished.rename(self._file)

    def now(self) -> datetime:
        """The same time of day in Helsinki, so many days ahead."""
        return (datetime.now(HELSINKI) + timedelta(days=self.days_ahead)).astimezone(UTC)


def of_this_process() -> Clock:
    """The clock that the environment names."""
    file = os.environ.get(VARIABLE)
    return Clock(Path(file) if file else None)


def now() -> datetime:
    """For KANSSA_CLOCK."""
    return of_this_process().now()


def _within_bounds(days: int) -> int:
    return max(0, min(days, MOST_DAYS))
