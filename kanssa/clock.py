"""What time it is: the one place that says it.

Only the entrances ask (pages, the worker, commands); everything below is told by `now`.
`settings.CLOCK_FUNCTION` names who answers: the real time, but in a rehearsal, whose time can be moved.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

REAL = "django.utils.timezone.now"


def now() -> datetime:
    """The present moment, aware."""
    clock: Callable[[], datetime] = import_string(settings.CLOCK_FUNCTION)
    return clock()
