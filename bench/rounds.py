"""The load: several browsers at once, round after round, with a slice of the limits after each."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from django.urls import reverse
from django.utils.translation import override

from bench.browser import Browser, KeptAlive
from bench.house import House
from bench.leg import Prepared, confirm
from bench.limits import Measured
from bench.proc import cpu_ms

COUNTED = ("web", "worker", "postgres")
_SECONDS_FOR_LETTERS = 75.0
"""Long enough for the sweep of each minute, which takes what a lost waking leaves behind."""
_SECONDS_TO_SETTLE = 0.3


class LettersMissing(Exception):
    """The worker did not send what was written."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round, a leg of it: CPU milliseconds by process, what else it took, and the limits beside.

    `letters_late` is how many seconds after its last leg the round's last letter came.
    """

    cpu: Mapping[str, float]
    requests: float
    wall_ms: float
    legs_a_second: float
    letters_late: float
    limits: Measured


def letters_come(house: House, wanted: int) -> float:
    """Wait, so many seconds, until so many mails have come and the worker wrote so. Raises LettersMissing.

    Looks into the mailbox's folder: asking the database would be counted.
    """
    began = time.monotonic()
    while house.place.letters() < wanted:
        if time.monotonic() > began + _SECONDS_FOR_LETTERS:
            raise LettersMissing(f"{house.place.letters()} of {wanted} letters have come")
        time.sleep(0.05)
    waited = time.monotonic() - began
    time.sleep(_SECONDS_TO_SETTLE)
    return waited


def rounds(
    house: House, legs: Sequence[Prepared], *, a_round: int, browsers: int, limits: Callable[[], Measured]
) -> Iterator[Round]:
    """Run all legs; each leaves one more letter than came before."""
    with override("fi"):
        begin_at = house.place.service + reverse("identify:cookies")
    letters = house.place.letters()
    for start in range(0, len(legs), a_round):
        some = legs[start : start + a_round]
        letters += len(some)
        yield _round(house, some, browsers, begin_at, letters, limits)


def _round(
    house: House,
    legs: Sequence[Prepared],
    browsers: int,
    begin_at: str,
    letters: int,
    limits: Callable[[], Measured],
) -> Round:
    before, began = _used(house), time.monotonic()
    each = _run(house, legs, browsers, begin_at)
    seconds = time.monotonic() - began
    letters_late = letters_come(house, letters)
    after = _used(house)
    return Round(
        cpu={name: (after[name] - before[name]) / len(legs) for name in COUNTED},
        requests=sum(requests for requests, _ in each) / len(legs),
        wall_ms=median(milliseconds for _, milliseconds in each),
        legs_a_second=len(legs) / seconds,
        letters_late=letters_late,
        limits=limits(),
    )


def _used(house: House) -> dict[str, float]:
    return {name: cpu_ms(house.roots[name]) for name in COUNTED}


def _run(house: House, legs: Sequence[Prepared], browsers: int, begin_at: str) -> list[tuple[int, float]]:
    """Share the legs among so many browsers; of each leg the requests and the milliseconds."""
    shares = [legs[first::browsers] for first in range(browsers)]
    with ThreadPoolExecutor(browsers) as pool:
        done = pool.map(lambda share: list(_one_after_another(house, share, begin_at)), shares)
        return [leg for share in done for leg in share]


def _one_after_another(house: House, legs: Sequence[Prepared], begin_at: str) -> Iterator[tuple[int, float]]:
    with KeptAlive() as line:
        for leg in legs:
            began = time.monotonic()
            browser = Browser(line, house.place.service)
            confirm(browser, begin_at, leg)
            yield browser.requests, (time.monotonic() - began) * 1000
