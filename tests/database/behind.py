"""Django's connection of a test, led through a proxy that can cut it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kanssa.database import patience
from kanssa.database.silence import silence
from tests.database.proxy import Proxy


@contextmanager
def behind_a_proxy(limits: patience.Limits | None = None) -> Iterator[Proxy]:
    """Lead this process's connections through a proxy, and wait no longer than these limits."""
    before = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    proxy = Proxy((str(before["HOST"]), int(before["PORT"])))
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(proxy.port))
    patience.keep_to(limits)
    try:
        yield proxy
    finally:
        patience.keep_to(None)
        silence.end()
        connection.close()
        connection.settings_dict.update(before)
        proxy.close()
