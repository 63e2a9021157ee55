"""The load: several browsers at once, round after round, with a slice of the limits after each."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from django.urls import reverse
from django.utils.translation import override

from bench.baselines import Measured
from bench.browser import Browser, KeptAliveTransport
from bench.confirming_leg import WaitingApplication, confirm
from bench.process_usage import cpu_ms
from bench.service import BenchService

COUNTED = ("web", "worker", "postgres")
_SECONDS_FOR_MESSAGES = 75.0
"""Long enough for the sweep of each minute, which takes what a lost waking leaves behind."""
_SECONDS_TO_SETTLE = 0.3


class MessagesMissing(Exception):
    """The worker did not send what was written."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round, a leg of it: CPU milliseconds by process, what else it took, and the limits beside.

    `message_delay_ms` is how many seconds after its last leg the round's last letter came.
    """

    cpu: Mapping[str, float]
    requests: float
    wall_ms: float
    legs_a_second: float
    message_delay_ms: float
    limits: Measured


def wait_for_messages(service_under_test: BenchService, wanted: int) -> float:
    """Wait, so many seconds, until so many mails have come and the worker wrote so. Raises MessagesMissing.

    Looks into the mailbox's folder: asking the database would be counted.
    """
    began = time.monotonic()
    while service_under_test.place.letters() < wanted:
        if time.monotonic() > began + _SECONDS_FOR_MESSAGES:
            raise MessagesMissing(f"{service_under_test.place.letters()} of {wanted} letters have come")
        time.sleep(0.05)
    waited = time.monotonic() - began
    time.sleep(_SECONDS_TO_SETTLE)
    return waited


def rounds(
    service_under_test: BenchService,
    legs: Sequence[WaitingApplication],
    *,
    a_round: int,
    browsers: int,
    limits: Callable[[], Measured],
) -> Iterator[Round]:
    """Run all legs; each leaves one more letter than came before."""
    with override("fi"):
        begin_at = service_under_test.place.service + reverse("identify:cookies")
    letters = service_under_test.place.letters()
    for start in range(0, len(legs), a_round):
        some = legs[start : start + a_round]
        letters += len(some)
        yield _round(service_under_test, some, browsers, begin_at, letters, limits)


def _round(
    service_under_test: BenchService,
    legs: Sequence[WaitingApplication],
    browsers: int,
    begin_at: str,
    letters: int,
    limits: Callable[[], Measured],
) -> Round:
    before, began = _used(service_under_test), time.monotonic()
    each = _run(service_under_test, legs, browsers, begin_at)
    seconds = time.monotonic() - began
    message_delay_ms = wait_for_messages(service_under_test, letters)
    after = _used(service_under_test)
    return Round(
        cpu={name: (after[name] - before[name]) / len(legs) for name in COUNTED},
        requests=sum(requests for requests, _ in each) / len(legs),
        wall_ms=median(milliseconds for _, milliseconds in each),
        legs_a_second=len(legs) / seconds,
        message_delay_ms=message_delay_ms,
        limits=limits(),
    )


def _used(service_under_test: BenchService) -> dict[str, float]:
    return {name: cpu_ms(service_under_test.roots[name]) for name in COUNTED}


def _run(
    service_under_test: BenchService, legs: Sequence[WaitingApplication], browsers: int, begin_at: str
) -> list[tuple[int, float]]:
    """Share the legs among so many browsers; of each leg the requests and the milliseconds."""
    shares = [legs[first::browsers] for first in range(browsers)]
    with ThreadPoolExecutor(browsers) as pool:
        done = pool.map(lambda share: list(_one_after_another(service_under_test, share, begin_at)), shares)
        return [leg for share in done for leg in share]


def _one_after_another(
    service_under_test: BenchService, legs: Sequence[WaitingApplication], begin_at: str
) -> Iterator[tuple[int, float]]:
    with KeptAliveTransport() as transport:
        for leg in legs:
            began = time.monotonic()
            browser = Browser(transport, service_under_test.place.service)
            confirm(browser, begin_at, leg)
            yield browser.requests, (time.monotonic() - began) * 1000
