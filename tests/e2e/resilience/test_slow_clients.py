"""Slow clients hold no thread: others are answered while hundreds of them hang."""

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from statistics import quantiles
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import ARTEFACTS
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

SLOW = 200
OTHERS = 4
REQUESTS = 50
PAGES = ("/fi/", "/healthz", "/sv/ansokan/", "/en/e-service/log-in/")
HEAD = "POST /fi/hakemus/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def half_a_head(host: str) -> bytes:
    return HEAD.format(host=host).encode()


def half_a_body(host: str) -> bytes:
    return half_a_head(host) + b"Content-Length: 1000\r\n\r\na=b"


def an_unread_style_sheet(host: str) -> bytes:
    """Return a request for the largest answer there is."""
    with urllib.request.urlopen(f"http://{host}/fi/", timeout=60) as answer:
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', answer.read().decode())
    return f"GET {sheets[0]} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


@contextmanager
def slow_clients(service: str, count: int, sends: Callable[[str], bytes]) -> Iterator[list[socket.socket]]:
    """Connect this many clients that send this and then fall silent."""
    address = urlsplit(service)
    sent = sends(address.netloc)
    with ExitStack() as closing:
        clients = []
        for _client in range(count):
            client = closing.enter_context(
                socket.create_connection((str(address.hostname), address.port), timeout=60)
            )
            client.sendall(sent)
            clients.append(client)
        yield clients


def answered(address: str) -> tuple[int, float]:
    """Request a page; return its status and the milliseconds that it took."""
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as refused:
        status = refused.code
    return status, 1000 * (time.perf_counter() - began)


def ask_for_pages(service: str) -> list[tuple[int, float]]:
    addresses = [f"{service}{page}" for page in PAGES] * (REQUESTS * OTHERS // len(PAGES))
    with ThreadPoolExecutor(OTHERS) as others:
        return list(others.map(answered, addresses))


def p95(answers: list[tuple[int, float]]) -> float:
    return quantiles([milliseconds for _status, milliseconds in answers], n=20)[-1]


@pytest.mark.parametrize("sends", [half_a_body, half_a_head, an_unread_style_sheet])
def test_other_clients_are_answered_while_200_slow_ones_hang(
    stack: Stack, sends: Callable[[str], bytes]
) -> None:
    ask_for_pages(stack.service)
    quiet = ask_for_pages(stack.service)

    with slow_clients(stack.service, SLOW, sends):
        beside_them = ask_for_pages(stack.service)

    assert [status for status, _time in beside_them] == [200] * (REQUESTS * OTHERS)
    ARTEFACTS.mkdir(exist_ok=True)
    summary = f"p95 quiet {p95(quiet):.1f} ms, beside {SLOW} slow clients {p95(beside_them):.1f} ms\n"
    (ARTEFACTS / f"slow-clients-{sends.__name__}.txt").write_text(summary)


def test_clients_that_send_the_rest_late_are_answered_like_others(stack: Stack) -> None:
    with slow_clients(stack.service, SLOW, lambda host: half_a_body(host).replace(b"1000", b"6")) as clients:
        for client in clients:
            client.sendall(b"c=d")
        answers = [client.recv(12) for client in clients]

    assert answers == [b"HTTP/1.1 403"] * SLOW


def test_200_clients_that_disconnect_midway_leave_no_work_behind(stack: Stack) -> None:
    with slow_clients(stack.service, SLOW, half_a_body):
        pass

    assert [status for status, _time in ask_for_pages(stack.service)] == [200] * (REQUESTS * OTHERS)
