"""The database goes away under load in several ways: no fault, no process ends, and service resumes."""

import json
import os
import re
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg
import pytest

from rehearsal import postgres
from tests.database.proxy import Proxy
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.stack import Stack, running_stack, until

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

READ = ("/fi/", "/fi/ohjeet/", "/fi/yhteystiedot/", "/healthz")
"""Pages that work without the database."""
WRITTEN = "/en/invitation/a-token-of-nobody/not-for-me/"
"""A form that is refused with 404, after a look-up in the database and an event."""
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SECONDS = [pytest.param(0, id="short"), pytest.param(60, id="60s")]
# An acknowledged COMMIT survives the server's death, though not the machine's.
SAFE_ENOUGH = {**postgres.FOR_TESTS, "synchronous_commit": "on"}
WAYS = ("stopped", "read_only", "paused", "failed_over", "cut")


class Database:
    """A PostgreSQL server behind a proxy, for the tests to take away."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._server = postgres.start(data, settings=SAFE_ENOUGH)
        self.proxy = Proxy(self._address())

    @property
    def url(self) -> str:
        parts = urlsplit(self._server.url)
        return self._server.url.replace(f":{parts.port}/", f":{self.proxy.port}/")

    def close(self) -> None:
        self.proxy.close()
        self._server.stop()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self._server.stop()
        yield
        self._start()

    @contextmanager
    def failed_over(self) -> Iterator[None]:
        """Kill the server and start it on another port, like a standby that becomes the primary."""
        os.kill(self._server.pid, signal.SIGQUIT)
        self._server.stop()
        (self._data / "port").unlink()
        yield
        self._start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Suspend every process: the server accepts connections and answers nothing."""
        postmaster = psutil.Process(self._server.pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            process.suspend()
        yield
        for process in family:
            process.resume()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        self._set_read_only("on")
        yield
        self._set_read_only("off")

    @contextmanager
    def cut(self) -> Iterator[None]:
        self.proxy.goes_away()
        yield
        self.proxy.comes_back()

    def ask(self, question: str) -> object:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            return connection.execute(question.encode()).fetchone()[0]

    def _set_read_only(self, value: str) -> None:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            # This session starts read-only too while the setting is on.
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
            connection.execute("SELECT pg_reload_conf()")

    def _start(self) -> None:
        self._server = postgres.start(self._data, settings=SAFE_ENOUGH)
        self.proxy.target = self._address()

    def _address(self) -> tuple[str, int]:
        parts = urlsplit(self._server.url)
        return str(parts.hostname), int(parts.port or 0)


class Person:
    """Requests pages and sends forms over HTTP without following redirects; counts the answers."""

    def __init__(self, stack: Stack) -> None:
        self._service = stack.service
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._jar), urllib.request.ProxyHandler({}), _Following()
        )
        self.answers: Counter[tuple[str, int]] = Counter()
        self.longest = 0.0

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        request = urllib.request.Request(
            self._service + path, urlencode(form).encode() if form else None, {"Origin": self._service}
        )
        began = time.monotonic()
        try:
            with self._opener.open(request, timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            status, text = answer.code, answer.read().decode()
        self.answers[path, status] += 1
        self.longest = max(self.longest, time.monotonic() - began)
        return status, text

    def send(self, path: str, **answers: str) -> int:
        token = next((each.value for each in self._jar if each.name == "kanssa_form"), "")
        return self.ask(path, {"csrfmiddlewaretoken": token, **answers})[0]

    def open_and_send(self, path: str, **answers: str) -> int:
        return self.send(path, **(dict(HIDDEN.findall(self.ask(path)[1])) | answers))


class _Following(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


@contextmanager
def load(stack: Stack, people: int) -> Iterator[list[Person]]:
    """Let this many people request and send in threads until the block ends."""
    ended = threading.Event()
    crowd = [Person(stack) for _ in range(people)]
    faults: list[Exception] = []

    def live(person: Person) -> None:
        person.ask("/en/identification/cookies/")
        while not ended.is_set():
            try:
                for path in READ:
                    person.ask(path)
                person.send(WRITTEN)
            except Exception as fault:  # noqa: BLE001 told below
                faults.append(fault)

    threads = [threading.Thread(target=live, args=[person]) for person in crowd]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not faults, faults[:3]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("outage") / "postgres")
    yield database
    database.close()


@pytest.fixture(scope="module")
def stack(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("outage-demo") / "data", database_url=database.url) as stack:
        yield stack


@pytest.mark.long
@pytest.mark.parametrize("seconds", SECONDS)
@pytest.mark.parametrize("way", WAYS)
def test_an_outage_under_load_causes_no_error_and_service_resumes(
    stack: Stack, database: Database, way: str, seconds: int
) -> None:
    before = processes(stack)
    worker = stack.child("kanssa.manage", "worker")
    person = Person(stack)
    address = f"{way.replace('_', '-')}-{seconds}@example.fi"

    # After the previous test's outage, the database may be tried again only once a second.
    wait_until(lambda: person.ask("/readiness")[0] == 200)
    wait_until(lambda: person.open_and_send("/en/application/") == 302)

    with load(stack, people=6) as crowd:
        worker.suspend()
        begin_and_mail_link(person, to=address)
        with getattr(database, way)():
            worker.resume()
            wait_until(lambda: person.ask("/readiness")[0] == 503)
            wait_until(lambda: all(each.answers[WRITTEN, 503] > 1 for each in crowd))
            threading.Event().wait(seconds)  # the long variant has a longer outage
            status_meanwhile = person.send(WRITTEN)
        wait_until(lambda: person.ask("/readiness")[0] == 200)
        wait_until(lambda: person.send(WRITTEN) == 404)

    wait_until(lambda: json.loads(person.ask("/readiness")[1])["attention"] == [])
    stack.wait_for_messages(address, 1)
    answers = sum((each.answers for each in crowd), Counter())
    assert status_meanwhile == 503
    assert {status for _path, status in answers} <= {200, 404, 503}
    assert {status for path, status in answers if path in READ} == {200}
    assert answers[WRITTEN, 503]
    assert processes(stack) == before
    note(way, seconds, answers, max(each.longest for each in crowd))


def note(way: str, seconds: int, answers: Counter[tuple[str, int]], longest: float) -> None:
    """Keep the measurements; no time is asserted."""
    by_status = Counter[int]()
    for (_path, status), count in answers.items():
        by_status[status] += count
    ARTEFACTS.mkdir(exist_ok=True)
    with (ARTEFACTS / "outage.txt").open("a") as file:
        file.write(f"{way} {seconds} s: longest answer {longest:.1f} s, {dict(sorted(by_status.items()))}\n")


def test_the_timers_resume_by_themselves_after_an_outage(stack: Stack, database: Database) -> None:
    with database.stopped():
        pass
    last = database.ask("SELECT extract(epoch FROM now())::bigint")

    wait_until(
        lambda: database.ask(
            "SELECT count(*) FROM procrastinate_periodic_defers"
            f" WHERE task_name = 'run_timers' AND defer_timestamp > {last}"
        )
    )
    wait_until(
        lambda: not database.ask("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    )


def test_the_next_worker_finishes_the_job_of_a_killed_one(stack: Stack, database: Database) -> None:
    held = database.ask(
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - interval '1 day') RETURNING id)"
        " INSERT INTO procrastinate_jobs (task_name, queue_name, queueing_lock, status, worker_id, args)"
        " SELECT 'read_bounces', 'default', 'of-a-dead-worker', 'doing', id, '{\"timestamp\": 1}'"
        " FROM dead RETURNING id"
    )

    wait_until(lambda: not database.ask(f"SELECT count(*) FROM procrastinate_jobs WHERE id = {held}"))


def begin_and_mail_link(person: Person, *, to: str) -> None:
    assert person.open_and_send("/en/application/") == 302
    assert person.open_and_send("/en/application/continue-later/", email=to) == 302


def processes(stack: Stack) -> set[int]:
    """Return the process ids of the web server and the worker."""
    family = psutil.Process(stack.process.pid).children(recursive=True)
    return {each.pid for each in family if {"granian", "worker"} & set(each.cmdline())}


def wait_until(question: Callable[[], object]) -> None:
    assert until(question, 120), "waited in vain"
