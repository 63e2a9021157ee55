"""The load, round after round, and the order of a run. Importing it sets Django up."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402 what follows needs the models, which Django loads above
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.translation import override  # noqa: E402

from bench.browser import Browser, ask_over_network  # noqa: E402
from bench.counting import InProcess, Request, mean_of  # noqa: E402
from bench.demo import CpuMs, Demo  # noqa: E402
from bench.journey import DETAILS, PHASES, Adult, Journey, confirm_alone, make_person  # noqa: E402
from bench.limits import measuring  # noqa: E402
from kanssa.applications.aggregate.drafts import begin_draft  # noqa: E402
from kanssa.applications.content.content import Content  # noqa: E402
from kanssa.usecases.drafts.save_draft import save_draft  # noqa: E402
from kanssa.usecases.drafts.send_application import send_application  # noqa: E402
from kanssa.values.actor import Actor  # noqa: E402
from kanssa.wsgi import application  # noqa: E402
from rehearsal.data_folder import OWNER_DATABASE_URL  # noqa: E402

_BROWSER = Actor("browser")
_HOUSEHOLD: dict[str, Any] = {
    "application": {"kind": "ordinary", "language": "fi", "facts_are_true": True, "will_keep_current": True},
    "home": {"tenure": "rented-other"},
    "need": {"reasons": ["crowded"]},
    "wishes": {"rooms_first": "2", "highest_rent": 950, "areas": ["whole-city"]},
    "expecting": {},
}
_MAKE_DUE = "UPDATE applications_application SET confirm_by = now(), due_at = now() WHERE id = ANY(%s)"
_STILL_DUE = "SELECT count(*) FROM applications_application WHERE id = ANY(%s) AND due_at <= now()"
_HANDED_OVER = "SELECT count(*) FROM messages_message WHERE application_id = %s AND sent_at IS NOT NULL"
_SECONDS_FOR_TIMERS = 600.0
# More at once than a web process takes log-ins beside its pages would be refused.
_WARMING, _BROWSERS = 2, 2
LEG = "leg"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is played; `memory` is the least number of requests before the last look at the memory."""

    rounds: int = 6
    journeys: int = 8
    legs: int = 24
    counted: int = 10
    due: int = 1000
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of a run.

    `requests` are those of one journey, each as a mean. `rounds` holds CPU milliseconds by process, of each
    phase of a journey and of a leg; the first round is left out, also of `limits`. `memory_mb` is that of the
    largest web process after each round, and `served` how many requests all of them took.
    """

    sizes: Sizes
    start: tuple[float, float]
    requests: Sequence[Request]
    leg_requests: int
    rounds: Sequence[Mapping[str, CpuMs]]
    limits: Sequence[CpuMs]
    delays: Sequence[float]
    memory_mb: Sequence[float]
    served: int


def measure(demo: Demo, sizes: Sizes, say: Callable[[str], None]) -> Results:
    """Measure everything. Raises WrongAnswer and TimeoutError."""
    server, find_link = InProcess(application, demo.stack.service), demo.stack.wait_for_invitation
    played = [server.play(find_link) for _ in range(sizes.counted + _WARMING)]
    requests = [mean_of(same) for same in zip(*played[_WARMING:], strict=True)]
    say(f"{len(requests)} requests, {sum(each.statements for each in requests):.0f} statements a journey")
    rounds: list[dict[str, CpuMs]] = []
    slices: list[CpuMs] = []
    memory: list[float] = []
    served = leg_requests = 0
    with measuring(demo) as limits:
        while len(rounds) < sizes.rounds or served < sizes.memory:
            leg, leg_requests = _legs(demo, sizes)
            rounds.append({**_journeys(demo, sizes), LEG: leg})
            slices.append(limits())
            memory.append(demo.web_memory_mb())
            served += len(requests) * sizes.journeys + leg_requests * sizes.legs
            say(f"round {len(rounds)}: {sum(leg.values()):.0f} ms of CPU a leg, {served} requests served")
    say(f"sending {sizes.due} applications that become due at once")
    delays = _mail_delays(demo, [application_id for application_id, *_ in _sent_alone(demo, sizes.due)])
    connection.close()
    return Results(sizes, demo.start, requests, leg_requests, rounds[1:], slices[1:], delays, memory, served)


def _journeys(demo: Demo, sizes: Sizes) -> dict[str, CpuMs]:
    find_link = demo.stack.wait_for_invitation
    journeys = [Journey(demo.stack.service, ask_over_network, find_link) for _ in range(sizes.journeys)]
    return {
        name: _use_of(demo, [partial(step, each) for each in journeys], mails) for name, step, mails in PHASES
    }


def _legs(demo: Demo, sizes: Sizes) -> tuple[CpuMs, int]:
    with override("fi"):
        begin_at = demo.stack.service + reverse("identify:cookies")
    waiting = _sent_alone(demo, sizes.legs)
    browsers = [Browser(demo.stack.service, ask_over_network) for _ in waiting]
    legs = zip(browsers, waiting, strict=True)
    steps = [partial(confirm_alone, at, begin_at, *sent[1:]) for at, sent in legs]
    return _use_of(demo, steps, 1), browsers[0].requests


def _use_of(demo: Demo, steps: Sequence[Callable[[], None]], mails: int) -> CpuMs:
    wanted, before = demo.mails() + mails * len(steps), demo.cpu_ms()
    with ThreadPoolExecutor(_BROWSERS) as pool:
        list(pool.map(lambda step: step(), steps))
    demo.wait_for_mails(wanted)
    after = demo.cpu_ms()
    return {name: (after[name] - before[name]) / len(steps) for name in after}


def _sent_alone(demo: Demo, number: int) -> list[tuple[UUID, Adult, str]]:
    mails = demo.mails()
    sent = [_send_alone(make_person()) for _ in range(number)]
    demo.wait_for_mails(mails + number)
    return sent


def _send_alone(who: Adult) -> tuple[UUID, Adult, str]:
    own: dict[str, Any] = {"income_source": "wages", "gross_income": 2350, "hetu": who.hetu}
    for details in (*DETAILS, who.names, who.contact):
        own |= details
    content, now = Content(adults={uuid4(): own}, **_HOUSEHOLD), timezone.now()
    draft = begin_draft(language="fi", now=now)
    save_draft(application_id=draft.pk, change=lambda _: content, seen_revision=0, actor=_BROWSER, now=now)
    return draft.pk, who, send_application(application_id=draft.pk, actor=_BROWSER, now=now)


def _mail_delays(demo: Demo, ids: Sequence[UUID]) -> list[float]:
    """Let all these lapse at once; gives after how many seconds messages written meanwhile were handed over.

    It begins when the timers have done the first, and ends when none is due.
    """
    delays = []
    with psycopg.connect(demo.environment[OWNER_DATABASE_URL], autocommit=True) as database:

        def count(statement: str, of: object) -> int:
            return sum(row[0] for row in database.execute(statement, [of]))

        database.execute(_MAKE_DUE, [list(ids)])
        deadline = time.monotonic() + _SECONDS_FOR_TIMERS
        while (due := count(_STILL_DUE, list(ids))) and time.monotonic() < deadline:
            if due == len(ids):
                time.sleep(0.02)
                continue
            cause, began = _send_alone(make_person())[0], time.monotonic()
            while not count(_HANDED_OVER, cause) and time.monotonic() < deadline:
                time.sleep(0.01)
            delays.append(time.monotonic() - began)
    return delays
