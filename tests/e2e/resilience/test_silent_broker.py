"""A broker falls silent behind the real server: pages answer, and refused replies work later."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.e2e.stack import Stack, running_stack, until

pytestmark = pytest.mark.e2e

PEOPLE = 10
SECONDS = 60


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """A browser with cookies that follows no redirect."""

    def __init__(self, service: str) -> None:
        self.service = service
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _NoRedirect)

    def open(self, address: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return the status, the redirect target and the page."""
        data = urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(address, data, {"Origin": self.service})
        try:
            answer = self._opener.open(request, timeout=SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def press(self, path: str, *, on: str) -> str:
        """Press the button of a form on one of our pages; return the redirect target."""
        _status, _leads, page = self.open(self.service + on)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        return self.open(self.service + path, {"csrfmiddlewaretoken": token[1]})[1]

    def identify_at_the_broker(self) -> str:
        """Identify at the broker; return the return address, not yet opened."""
        self.press("/en/identification/cookies/", on="/en/identification/cookies/")
        broker = self.press("/en/identification/bank/", on="/en/identification/")
        return self.open(f"{broker}&login_hint=person:aino")[1]


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """Run a separate demo, since other tests would notice what the broker does here."""
    with running_stack(tmp_path / "data") as stack:
        yield stack


@pytest.mark.long
def test_pages_answer_while_a_broker_is_silent_and_refused_replies_work_later(
    own_stack: Stack,
) -> None:
    visitors = [Visitor(own_stack.service) for _ in range(PEOPLE)]
    replies = [visitor.identify_at_the_broker() for visitor in visitors]
    assert all(reply.startswith(f"{own_stack.service}/return/bank/") for reply in replies)

    with ThreadPoolExecutor(PEOPLE) as people, own_stack.without_broker():
        waiting = [
            people.submit(visitor.open, reply) for visitor, reply in zip(visitors, replies, strict=True)
        ]
        pages, slowest = _pages_meanwhile(own_stack.service, waiting)
        answers = [each.result() for each in waiting]
    kept = [index for index, (_status, _leads, page) in enumerate(answers) if "Try again" in page]
    outcomes = Counter(status for status, _leads, _page in answers)
    told = f"{pages} pages, the slowest in {slowest * 1000:.0f} ms; {len(kept)} of {PEOPLE} replies are kept"
    print(told)  # noqa: T201 a time is shown, never asserted

    assert outcomes == {503: PEOPLE}
    assert len(kept) >= PEOPLE - _most_in_hands(own_stack)
    for index in kept:
        assert until(lambda at=index: visitors[at].open(replies[at])[0] == 302, SECONDS)


def _most_in_hands(stack: Stack) -> int:
    """Return how many requests the two web processes may have waiting for one broker."""
    environment = stack.child("granian", "kanssa.server:application").environ()
    threads = int(environment.get("KANSSA_THREADS", settings.THREADS))
    return 2 * max(2, threads // 4)


def _pages_meanwhile(service: str, waiting: list[Any]) -> tuple[int, float]:
    """Open pages until all waiting requests are answered; return their count and the slowest's seconds."""
    other, count, slowest = Visitor(service), 0, 0.0
    while not count or not all(each.done() for each in waiting):
        for path in ("/en/", "/healthz"):
            before = time.monotonic()
            assert other.open(service + path)[0] == 200
            slowest = max(slowest, time.monotonic() - before)
            count += 1
    return count, slowest
