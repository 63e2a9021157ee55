"""Runs the demo in processes of its own, as `make run` does, on free ports and in a new folder."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psutil
import psycopg
from psycopg import sql

from rehearsal.processes import is_free

ROOT = Path(__file__).resolve().parents[2]
_SECONDS_TO_START = 900.0
_SECONDS_TO_STOP = 180.0
_SECONDS_FOR_MAIL = 180.0
# These variables would point the demo to the tests' settings and database.
_OF_THE_TESTS = ("KANSSA_", "REHEARSAL_", "DJANGO_", "DATABASE_URL", "PYTEST_", "RESET")

T = TypeVar("T")


@dataclass(frozen=True)
class Stack:
    service: str
    broker: str
    mailbox: str
    data: Path
    process: subprocess.Popen[bytes]

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Return the messages received at an address, the newest first."""
        with urllib.request.urlopen(f"{self.mailbox}/messages.json?to={to}", timeout=60) as answer:
            messages: list[dict[str, Any]] = json.load(answer)
        return messages

    def wait_for_messages(self, to: str, count: int) -> list[dict[str, Any]]:
        """Wait until `count` messages have come; fail on more, or when the time is over."""
        messages = until(
            lambda: (found := self.messages(to)) and len(found) >= count and found, _SECONDS_FOR_MAIL
        )
        assert messages, f"{count} messages to {to} were awaited, there are {self.messages(to)}"
        assert len(messages) == count, [message["subject"] for message in messages]
        return messages

    def wait_for_invitation(self, to: str, *, count: int = 1) -> str:
        """Wait for `count` messages, the newest of them an invitation; return its link."""
        link = str(self.wait_for_messages(to, count)[0]["links"][0])
        return self.service + urlsplit(link).path

    @property
    def database_url(self) -> str:
        return self.child("kanssa.manage", "worker").environ()["DATABASE_URL"]

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        with closing(psycopg.connect(self.database_url, autocommit=True)) as connection:
            yield connection

    def age_invitations(self, minutes: int) -> None:
        """Move all invitations and messages back in time."""
        with self.database() as database:
            database.execute(
                "UPDATE applications_invitation SET sent_at = sent_at - make_interval(mins => %s)", [minutes]
            )
            database.execute(
                "UPDATE messages_message SET planned_at = planned_at - make_interval(mins => %s)", [minutes]
            )

    def age_rate_limits(self, minutes: int) -> None:
        """Move all rate-limit counters back in time."""
        with self.database() as database:
            database.execute(
                "UPDATE accounts_ratelimitcounter SET began_at = began_at - make_interval(mins => %s)",
                [minutes],
            )

    def all_rows(self) -> Mapping[str, list[str]]:
        """Return every row of our tables, to check that nothing changed."""
        with self.database() as database:
            tables = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                "AND tablename NOT LIKE 'procrastinate%' ORDER BY 1"
            ).fetchall()
            return {name: _rows(database, name) for (name,) in tables}

    def log(self, name: str) -> str:
        return (self.data / "logs" / f"{name}.log").read_text(errors="replace")

    @contextmanager
    def without_broker(self) -> Iterator[None]:
        """Suspend the broker, so that it does not answer."""
        broker = self.child("rehearsal.broker", "--port")
        broker.suspend()
        try:
            yield
        finally:
            broker.resume()

    def child(self, *words: str) -> psutil.Process:
        """Find the process of the demo whose command contains these words."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if set(words) <= set(child.cmdline()):
                return child
        raise LookupError(words)


def _rows(database: psycopg.Connection[Any], table: str) -> list[str]:
    query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
    return [row for (row,) in database.execute(query).fetchall()]


def until(question: Callable[[], T], seconds: float) -> T | None:
    """Repeat the question until the answer is true; return it, or None when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    return None


def free_ports(count: int) -> int:
    """Return the first of `count` free ports in a row."""
    for _ in range(200):
        first = random.randrange(20_000, 32_000)  # below the ports that the kernel gives out
        if all(is_free(first + offset) for offset in range(count)):
            return first
    raise RuntimeError("no free ports in a row")


@contextmanager
def running_stack(data: Path, *, database_url: str | None = None) -> Iterator[Stack]:
    """Run the demo; at the end it must stop in order when asked, and leave no process."""
    output, port = data.with_suffix(".output"), free_ports(4)
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal.run"],
            cwd=ROOT,
            env=_environment(data, port) | ({"DATABASE_URL": database_url} if database_url else {}),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # Two host names, so that the broker is another site than the service, as it is for people.
    stack = Stack(
        service=f"http://127.0.0.1:{port}",
        broker=f"http://localhost:{port + 1}",
        mailbox=f"http://127.0.0.1:{port + 2}",
        data=data,
        process=process,
    )
    try:
        _wait_until_ready(stack, output)
        yield stack
    finally:
        _stop(stack, output)


def _environment(data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_TESTS)}
    return {**kept, "PORT": str(port), "DATA": str(data)}


def _wait_until_ready(stack: Stack, output: Path) -> None:
    """Wait for the line that the demo prints after every part of it has answered."""

    def is_up() -> bool:
        assert stack.process.poll() is None, output.read_text()
        return "Ctrl-C stops everything" in output.read_text()

    assert until(is_up, _SECONDS_TO_START), output.read_text()


@contextmanager
def web_with_broker(stack: Stack, *, port: int, identification_file: Path, broker: str) -> Iterator[Stack]:
    """Run one more web server for the same demo, with another broker."""
    web = stack.child("granian", "kanssa.server:application")
    command = [f"--port={port}" if word.startswith("--port=") else word for word in web.cmdline()]
    service = f"http://127.0.0.1:{port}"
    environment = {
        **web.environ(),
        "KANSSA_BASE_URL": service,
        "KANSSA_IDENTIFICATION_FILE": str(identification_file),
    }
    output = identification_file.with_name("web.log")
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        assert until(lambda: process.poll() is not None or _answers(service), _SECONDS_TO_START), (
            output.read_text()
        )
        yield replace(stack, service=service, broker=broker)
    finally:
        process.terminate()
        process.wait(_SECONDS_TO_STOP)


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5):
        return True
    return False


def _stop(stack: Stack, output: Path) -> None:
    family = (
        psutil.Process(stack.process.pid).children(recursive=True) if stack.process.poll() is None else []
    )
    if stack.process.poll() is None:
        stack.process.send_signal(signal.SIGTERM)
    try:
        code = stack.process.wait(_SECONDS_TO_STOP)
    finally:
        left = [process for process in family if process.is_running()]
        for process in left:
            process.kill()
        stack.process.kill()
    assert code == 0, output.read_text()
    assert not left, [process.pid for process in left]
