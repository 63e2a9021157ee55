"""The demo's time: the real time, plus the number of days in a file in its folder.

Every process of the demo reads the file each time, so all of them move at once.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

VARIABLE = "REHEARSAL_CLOCK_FILE"
MOST_DAYS = 800
HELSINKI = ZoneInfo("Europe/Helsinki")


class Clock:
    """A demo's clock. Without a file, or with an invalid one, it shows the real time."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    @property
    def days_ahead(self) -> int:
        try:
            return _within_bounds(int(self._file.read_text())) if self._file else 0
        except (FileNotFoundError, ValueError):
            return 0

    def move_to(self, days_ahead: int) -> None:
        """Set the days ahead; the setting survives a restart. Raises ValueError without a file."""
        if self._file is None:
            raise ValueError("this clock has no file: it cannot be moved")
        # Renamed when complete: other processes may read it at any moment.
        unfinished = self._file.with_name(f"{self._file.name}.unfinished")
        unfinished.write_text(f"{_within_bounds(days_ahead)}\n")
        unfinished.rename(self._file)

    def now(self) -> datetime:
        return (datetime.now(HELSINKI) + timedelta(days=self.days_ahead)).astimezone(UTC)


def of_this_process() -> Clock:
    return _clock_of(os.environ.get(VARIABLE))


@cache
def _clock_of(file: str | None) -> Clock:
    return Clock(Path(file) if file else None)


def now() -> datetime:
    return of_this_process().now()


def _within_bounds(days: int) -> int:
    return max(0, min(days, MOST_DAYS))
