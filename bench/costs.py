"""Where a leg's time goes, in one process: `python -m bench.costs`.

Of each view the queries and the CPU; then, from samples of where the process is, what kind of
work it does and for which function of Kanssa's. A tracing profiler is no help: under cProfile a
leg takes five times as long, and short functions most of all. The worker is not among it.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.handlers.wsgi import WSGIHandler

from bench.browser import Browser, HttpAnswer, KeptAliveTransport
from bench.process_usage import cpu_ms
from bench.service import ROOT, BenchService, running
from rehearsal.processes import CannotStart

_WARMING, _COUNTED, _SAMPLED = 5, 20, 60
_SAMPLE_EVERY = 0.001
_SHOWN = 40
_KINDS = (
    ("/psycopg/", "psycopg: sending and reading"),
    ("/django/db/", "Django's ORM"),
    ("/procrastinate/", "procrastinate"),
    ("/jinja2/", "templates"),
    ("/templates/", "templates"),
    ("/markupsafe/", "templates"),
    ("/django/template/", "templates"),
    ("/joserfc/", "identification: tokens"),
    ("/oidc/", "identification: tokens"),
    ("/urllib3/", "identification: the call"),
    ("/http/client", "identification: the call"),
    ("/django/urls/", "addresses"),
    ("/opening_hours/", "dates and opening hours"),
    ("/babel/", "dates and opening hours"),
    ("/contact.py", "dates and opening hours"),
    ("/desk.py", "dates and opening hours"),
    ("/vault/", "sealing and sessions"),
    ("/sessions/", "sealing and sessions"),
    ("/translation/", "translating"),
    ("/gettext.py", "translating"),
    ("/middleware/", "middleware"),
    ("/csp/", "middleware"),
    ("/django/", "the rest of Django"),
    ("/kanssa/", "the rest of Kanssa"),
)
"""Whose file it is; the innermost frame that is somebody's decides."""


@dataclass(slots=True)
class Cost:
    """What one view took, over all legs."""

    times: int = 0
    cpu_ms: float = 0.0
    queries: list[str] = field(default_factory=list)


class Samples:
    """Where the process was, each few milliseconds of CPU that it used, while it `counts`."""

    def __init__(self) -> None:
        """Take none yet."""
        self.kinds: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self.total = 0
        self.counts = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Let the timer run: the kernel's, which looks at its own pace."""
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, _SAMPLE_EVERY, _SAMPLE_EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _take(self, _signum: int, frame: FrameType | None) -> None:
        if not self.counts:
            return
        stack = []
        while frame is not None:
            stack.append(frame.f_code)
            frame = frame.f_back
        self.total += 1
        kinds = (kind for code in stack for part, kind in _KINDS if part in code.co_filename)
        self.kinds[next(kinds, "the rest")] += 1
        ours = f"{ROOT}/kanssa/"
        self.functions.update(
            {
                f"{code.co_filename.removeprefix(ours)} {code.co_qualname}"
                for code in stack
                if code.co_filename.startswith(ours)
            }
        )


class InProcess:
    """Asks the service's WSGI application in this process, and everybody else over the network."""

    def __init__(self, application: WSGIHandler, service: str) -> None:
        """Count nothing yet."""
        self._application = application
        self._service = service
        self._elsewhere = KeptAliveTransport()
        self.costs: dict[str, Cost] = defaultdict(Cost)
        self.samples: Samples | None = None

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """Send one request and read its answer whole."""
        if not url.startswith(self._service):
            return self._elsewhere.ask(method, url, headers, body)
        environ = _environ(method, url, headers, body or b"")
        if self.samples is not None:
            self.samples.counts = True
            answer = self._answer(environ)
            self.samples.counts = False
            return answer
        cost = self.costs[f"{method} {_view_of(url)}"]
        with _queries_kept_in(cost.queries):
            began = time.process_time()
            answer = self._answer(environ)
            cost.cpu_ms += (time.process_time() - began) * 1000
        cost.times += 1
        return answer

    def _answer(self, environ: dict[str, Any]) -> HttpAnswer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(
            status: str, headers: list[tuple[str, str]], _fault: object = None
        ) -> Callable[[bytes], object]:
            begun.append((status, headers))
            return lambda _: None

        parts: Any = self._application(environ, start)
        body = b"".join(parts)
        parts.close()
        status, headers = begun[0]
        return HttpAnswer(int(status.split()[0]), tuple(headers), body)


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
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(with_web=False) as service_under_test:
            _print_costs(service_under_test, with_sql=chosen.sql)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _print_costs(service_under_test: BenchService, *, with_sql: bool) -> None:
    os.environ.update(service_under_test.environment)
    from kanssa.wsgi import application  # noqa: PLC0415 - needs the environment

    transport = InProcess(application, service_under_test.place.service)
    legs = _legs(service_under_test, transport)
    _go(legs, _WARMING)
    transport.costs.clear()
    before = cpu_ms(service_under_test.roots["postgres"])
    _go(legs, _COUNTED)
    in_postgres = (cpu_ms(service_under_test.roots["postgres"]) - before) / _COUNTED
    cpu = _print_views(transport.costs, in_postgres, with_sql=with_sql)
    transport.samples = Samples()
    with transport.samples.taken():
        _go(legs, _SAMPLED)
    _print_samples(transport.samples, cpu)


def _legs(service_under_test: BenchService, transport: InProcess) -> Iterator[None]:
    from django.urls import reverse  # noqa: PLC0415 - needs Django, which needs the environment
    from django.utils import timezone, translation  # noqa: PLC0415

    from bench.confirming_leg import confirm  # noqa: PLC0415
    from bench.waiting_applications import prepared  # noqa: PLC0415

    waiting = [prepared(number, now=timezone.now()) for number in range(_WARMING + _COUNTED + _SAMPLED)]
    with translation.override("fi"):
        begin_at = service_under_test.place.service + reverse("identify:cookies")
    for leg in waiting:
        confirm(Browser(transport, service_under_test.place.service), begin_at, leg)
        yield


def _go(legs: Iterator[None], times: int) -> None:
    for _ in range(times):
        next(legs)


def _print_views(costs: Mapping[str, Cost], in_postgres: float, *, with_sql: bool) -> float:
    """Tell them; the CPU milliseconds of a leg."""
    print(f"{'of one request':36}{'a leg':>8}{'queries':>9}{'CPU ms':>9}")
    for view, cost in costs.items():
        queries, cpu = len(cost.queries) / cost.times, cost.cpu_ms / cost.times
        print(f"{view:36}{cost.times / _COUNTED:8.0f}{queries:9.1f}{cpu:9.2f}")
        if with_sql:
            for sql in cost.queries[-round(queries) :]:
                print(f"    {' '.join(sql.split())[:230]}")
    queries = sum(len(cost.queries) for cost in costs.values()) / _COUNTED
    cpu = sum(cost.cpu_ms for cost in costs.values()) / _COUNTED
    times = sum(cost.times for cost in costs.values()) / _COUNTED
    print(f"{'a leg':36}{times:8.0f}{queries:9.1f}{cpu:9.2f}")
    print(f"{'and in PostgreSQL':53}{in_postgres:9.2f}")
    return cpu


def _print_samples(samples: Samples, cpu: float) -> None:
    print(f"\nOf the {cpu:.1f} ms ({samples.total} samples)")
    for what, count in samples.kinds.most_common():
        print(f"  {what:42}{cpu * count / samples.total:7.2f}")
    print("\nThe same by function, with all that it calls")
    for what, count in samples.functions.most_common(_SHOWN):
        print(f"  {what:72}{cpu * count / samples.total:7.2f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
