"""Django's connection in a test, through a proxy that can cut it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kanssa.database import time_limits
from kanssa.database.responsiveness import responsiveness
from tests.database.proxy import Proxy


@contextmanager
def behind_a_proxy(limits: time_limits.TimeLimits | None = None) -> Iterator[Proxy]:
    """Route this process's connections through a proxy, with these limits as time-outs."""
    before = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    proxy = Proxy((str(before["HOST"]), int(before["PORT"])))
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(proxy.port))
    time_limits.set_limits(limits)
    try:
        yield proxy
    finally:
        time_limits.set_limits(None)
        responsiveness.end()
        connection.close()
        connection.settings_dict.update(before)
        proxy.close()
