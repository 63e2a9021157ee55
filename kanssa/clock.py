"""The only source of the time.

Only entrances (pages, the worker, commands) read it; all code below takes `now` as an argument.
`settings.CLOCK_FUNCTION` is the real time, or in a rehearsal a clock that can be moved.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

REAL = "django.utils.timezone.now"


def now() -> datetime:
    """Return the current moment, aware."""
    clock: Callable[[], datetime] = import_string(settings.CLOCK_FUNCTION)
    return clock()
