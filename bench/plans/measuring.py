"""Ask each question: once for its plans, and again and again for its time."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db import transaction

from bench.plans.explaining import big_tables, explained
from bench.plans.questions import QUESTIONS, Question
from bench.plans.samples import Samples, samples

_TIMES = 12
"""PostgreSQL may change to a plan for any parameters once psycopg has prepared a statement: after ten."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`touched` are the rows that the plans read, `scanned` the big tables read from end to end."""

    statements: int
    touched: int
    ms: float
    scanned: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(*, now: datetime, times: int = _TIMES) -> dict[str, Measured]:
    """Ask all; nothing that a question changes is kept."""
    found, big = samples(now=now), big_tables()
    return {name: _measured(ask, found, big, times) for name, ask in QUESTIONS.items()}


def _measured(ask: Question, of: Samples, big: frozenset[str], times: int) -> Measured:
    with _undone(), explained(big) as plans:
        ask(of)
    scanned = {each.sql: ", ".join(sorted(each.scanned)) for each in plans if each.scanned}
    ms = median(_ms(ask, of) for _time in range(times)) if times else 0.0
    return Measured(len(plans), sum(each.touched for each in plans), ms, scanned)


def _ms(ask: Question, of: Samples) -> float:
    with _undone():
        began = time.perf_counter()
        ask(of)
        return (time.perf_counter() - began) * 1000


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
