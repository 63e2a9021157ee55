"""One process that answers the journey by itself: of each request the statements and the CPU."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import psycopg
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.urls import resolve
from django.utils.translation import override
from werkzeug.test import create_environ, run_wsgi_app

from bench.browser import Answer, Ask, ask_over_network
from bench.journey import PHASES, Adult, FindLink, Journey

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a journey; CPU in milliseconds."""

    phase: str
    view: str
    statements: float
    web_ms: float
    postgres_ms: float


class InProcess:
    """Gives requests to the service's WSGI application, and those to other servers to `elsewhere`."""

    def __init__(self, application: WSGIHandler, service: str, elsewhere: Ask = ask_over_network) -> None:
        self._application, self._service, self._elsewhere = application, service, elsewhere
        self._requests: list[Request] = []

    def play(self, find_link: FindLink, *people: Adult) -> list[Request]:
        journey, self._requests = Journey(self._service, self._ask, find_link, *people), []
        for self._phase, step, _ in PHASES:
            step(journey)
        return self._requests

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if not url.startswith(self._service):
            return self._elsewhere(method, url, headers, body)
        parts, address = urlsplit(url), {"REMOTE_ADDR": "127.0.0.1"}
        environ = create_environ(
            unquote(parts.path), self._service, parts.query,
            method=method, headers=dict(headers), data=body, environ_overrides=address,
        )  # fmt: skip
        with statements_noted() as statements:
            web, postgres = time.thread_time(), _backend_ms()
            answered, status, sent = run_wsgi_app(self._application, environ, buffered=True)
            web, postgres = time.thread_time() - web, _backend_ms() - postgres
        with override("fi"):
            view = f"{method} {resolve(parts.path).view_name}"
        self._requests.append(Request(self._phase, view, len(statements), web * 1000, postgres))
        return Answer(int(status.split()[0]), sent.to_wsgi_list(), b"".join(answered))


@contextmanager
def statements_noted() -> Iterator[list[str]]:
    statements: list[str] = []

    def noting(send: Callable[..., Any]) -> Callable[..., Any]:
        def noted(cursor: psycopg.Cursor[Any], query: Any, *rest: Any, **named: Any) -> Any:
            if not str(query).lstrip().upper().startswith(_NOT_COUNTED):
                statements.append(str(query))
            return send(cursor, query, *rest, **named)

        return noted

    execute, many = psycopg.Cursor.execute, psycopg.Cursor.executemany
    with patch.multiple(psycopg.Cursor, execute=noting(execute), executemany=noting(many)):
        yield statements


def mean_of(same: tuple[Request, ...]) -> Request:
    numbers = zip(*((each.statements, each.web_ms, each.postgres_ms) for each in same), strict=True)
    return Request(same[0].phase, same[0].view, *map(mean, numbers))


def _backend_ms() -> float:
    """CPU of the PostgreSQL process that serves this thread's connection; 0 while there is none here."""
    backend = connection.connection and connection.connection.info.backend_pid
    file = Path(f"/proc/{backend}/schedstat")
    return int(file.read_text().split()[0]) / 1e6 if file.exists() else 0.0
