"""Where a leg's time goes, in one process: `python -m bench.costs`.

Of each view the queries and the CPU, then the functions that take the most. Queries of the
worker are not among them, and profiling makes everything about twice as dear: shares count.
"""

import argparse
import cProfile
import os
import pstats
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from bench.browser import Answer, Browser, KeptAlive
from bench.house import House, running
from rehearsal.processes import CannotStart

_WARMING, _COUNTED, _PROFILED = 5, 20, 20
_SHOWN = 45

App = Callable[[dict[str, Any], Callable[..., object]], Any]


@dataclass(slots=True)
class Cost:
    """What one view took, over all legs."""

    times: int = 0
    cpu_ms: float = 0.0
    queries: list[str] = field(default_factory=list)


class InProcess:
    """Asks the service's WSGI application in this process, and everybody else over the network."""

    def __init__(self, application: App, service: str) -> None:
        """Count nothing yet."""
        self._application = application
        self._service = service
        self._elsewhere = KeptAlive()
        self.costs: dict[str, Cost] = defaultdict(Cost)
        self.profile: cProfile.Profile | None = None

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request and read its answer whole."""
        if not url.startswith(self._service):
            return self._elsewhere.ask(method, url, headers, body)
        cost = self.costs[f"{method} {_view_of(url)}"]
        with _queries_kept_in(cost.queries), _profiled(self.profile):
            began = time.process_time()
            answer = self._answer(_environ(method, url, headers, body or b""))
            cost.cpu_ms += (time.process_time() - began) * 1000
        cost.times += 1
        return answer

    def _answer(self, environ: dict[str, Any]) -> Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        parts = self._application(environ, lambda status, headers, *_: begun.append((status, headers)))
        body = b"".join(parts)
        parts.close()
        status, headers = begun[0]
        return Answer(int(status.split()[0]), tuple(headers), body)


def _view_of(url: str) -> str:
    from django.urls import resolve  # noqa: PLC0415 - needs Django, which needs the environment
    from django.utils.translation import override  # noqa: PLC0415

    with override("fi"):
        return resolve(urlsplit(url).path).view_name


@contextmanager
def _queries_kept_in(queries: list[str]) -> Iterator[None]:
    from django.db import connection  # noqa: PLC0415

    def keep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(keep):
        yield


@contextmanager
def _profiled(profile: cProfile.Profile | None) -> Iterator[None]:
    if profile is None:
        yield
        return
    profile.enable()
    try:
        yield
    finally:
        profile.disable()


def _environ(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        **sent,
    }


def main(arguments: Sequence[str]) -> int:
    """Tell the costs."""
    parser = argparse.ArgumentParser(prog="python -m bench.costs", description=__doc__)
    parser.add_argument("--sql", action="store_true", help="each view's queries, in their order")
    parser.add_argument("--sort", default="cumulative", choices=["cumulative", "tottime"])
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(with_web=False) as house:
            _tell_costs(house, with_sql=chosen.sql, sort=chosen.sort)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _tell_costs(house: House, *, with_sql: bool, sort: str) -> None:
    os.environ.update(house.environment)
    from kanssa.wsgi import application  # noqa: PLC0415 - needs the environment

    line = InProcess(application, house.place.service)
    legs = _legs(house, line)
    _go(legs, _WARMING)
    line.costs.clear()
    _go(legs, _COUNTED)
    _tell_views(line.costs, with_sql=with_sql)
    line.profile = cProfile.Profile(time.process_time)
    _go(legs, _PROFILED)
    pstats.Stats(line.profile).sort_stats(sort).print_stats(_SHOWN)


def _legs(house: House, line: InProcess) -> Iterator[None]:
    from django.urls import reverse  # noqa: PLC0415 - needs Django, which needs the environment
    from django.utils import timezone, translation  # noqa: PLC0415

    from bench.leg import confirm  # noqa: PLC0415
    from bench.preparation import prepared  # noqa: PLC0415

    waiting = [prepared(number, now=timezone.now()) for number in range(_WARMING + _COUNTED + _PROFILED)]
    with translation.override("fi"):
        begin_at = house.place.service + reverse("identify:cookies")
    for leg in waiting:
        confirm(Browser(line, house.place.service), begin_at, leg)
        yield


def _go(legs: Iterator[None], times: int) -> None:
    for _ in range(times):
        next(legs)


def _tell_views(costs: Mapping[str, Cost], *, with_sql: bool) -> None:
    print(f"{'of one request':36}{'a leg':>8}{'queries':>9}{'CPU ms':>9}")
    for view, cost in costs.items():
        queries, cpu = len(cost.queries) / cost.times, cost.cpu_ms / cost.times
        print(f"{view:36}{cost.times / _COUNTED:8.0f}{queries:9.1f}{cpu:9.2f}")
        if with_sql:
            for sql in cost.queries[-round(queries) :]:
                print(f"    {' '.join(sql.split())[:230]}")
    queries, cpu = sum(len(c.queries) for c in costs.values()), sum(c.cpu_ms for c in costs.values())
    times = sum(cost.times for cost in costs.values())
    print(f"{'a leg':36}{times / _COUNTED:8.0f}{queries / _COUNTED:9.1f}{cpu / _COUNTED:9.2f}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
