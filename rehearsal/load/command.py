"""The command: looks whether it may, starts two workers and tells how far they are."""

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from queue import SimpleQueue
from random import Random
from threading import Thread
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from kanssa import clock
from kanssa.accounts.models import User
from rehearsal.load.life import Setting
from rehearsal.load.parts import WORKERS, load_part
from rehearsal.load.people import MOST_APPLICATIONS, random_id

_CLERKS = 6
_CLERK = "clerk-{}@load.example.com"
_STEPS = 20
_OBJECTS_BEFORE_LOOKING_FOR_CYCLES = 200_000
"""Rows live until their chunk is written: looking at them every 700 objects costs a seventh of the time."""


def main(arguments: Sequence[str]) -> int:
    """Load, or be one of the workers of a load; gives the exit code."""
    asked = _asked(arguments)
    if asked.part is not None:
        _work(asked.part, asked)
        return 0
    refusal = _refusal(asked.size)
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    began = time.monotonic()
    with transaction.atomic():
        _make_clerks(asked.seed)
    now = asked.now or clock.now()
    if not _run_workers(asked.size, asked.seed, now):
        print("A worker failed: start the demo afresh with RESET=1.", file=sys.stderr)
        return 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    taken = time.monotonic() - began
    print(f"{asked.size:,} applications in {_minutes(taken)}.")
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.load", description=__doc__)
    parser.add_argument("--size", type=int, required=True, help="how many applications")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and time give the same rows")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the demo's own time, when not given")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _refusal(size: int) -> str:
    if settings.MODE == "production" or not settings.ALLOW_TEST_HETU:
        return "This fills a database with people who do not exist: it is for a rehearsal alone."
    if not 0 < size <= MOST_APPLICATIONS:
        return f"--size is from 1 to {MOST_APPLICATIONS:,}."
    if User.objects.filter(email=_CLERK.format(0)).exists():
        return "The database holds a load already: start the demo afresh with RESET=1."
    return ""


def _clerk_ids(seed: int) -> tuple[UUID, ...]:
    rng = Random(f"{seed}:clerks")  # noqa: S311 no secret
    return tuple(random_id(rng) for _clerk in range(_CLERKS))


def _make_clerks(seed: int) -> None:
    for number, key in enumerate(_clerk_ids(seed)):
        user = User(id=key, email=_CLERK.format(number), name=f"Load Clerk {number + 1}")
        user.set_unusable_password()
        user.save(force_insert=True)


def _work(part: int, asked: argparse.Namespace) -> None:
    setting = Setting(asked.seed, asked.now, _clerk_ids(asked.seed))
    gc.set_threshold(_OBJECTS_BEFORE_LOOKING_FOR_CYCLES)
    for count in load_part(part, size=asked.size, setting=setting):
        print(count, flush=True)


def _run_workers(size: int, seed: int, now: datetime) -> bool:
    counts: SimpleQueue[int | None] = SimpleQueue()
    progress = _Progress(size)
    with ExitStack() as closing:
        workers = [_start(part, size, seed, now, closing) for part in range(WORKERS)]
        for worker in workers:
            assert worker.stdout is not None  # noqa: S101 for the type
            Thread(target=_read_counts, args=(worker.stdout, counts), daemon=True).start()
        for _end in workers:
            while (count := counts.get()) is not None:
                progress.add(count)
            if any(worker.poll() for worker in workers):
                return False
        return not any(worker.wait() for worker in workers)


def _start(part: int, size: int, seed: int, now: datetime, closing: ExitStack) -> "subprocess.Popen[str]":
    given = [f"--size={size}", f"--seed={seed}", f"--now={now.isoformat()}", f"--part={part}"]
    worker = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.load", *given], stdout=subprocess.PIPE, text=True
    )
    closing.callback(worker.wait)
    closing.callback(worker.terminate)
    return worker


def _read_counts(lines: IO[str], counts: "SimpleQueue[int | None]") -> None:
    for line in lines:
        counts.put(int(line))
    counts.put(None)


class _Progress:
    """A line that is written over on a terminal; elsewhere twenty lines in all."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._done = self._told = 0
        self._began = time.monotonic()

    def add(self, count: int) -> None:
        self._done += count
        is_terminal = sys.stdout.isatty()
        if not is_terminal and self._done * _STEPS // self._size == self._told * _STEPS // self._size:
            return
        self._told = self._done
        left = (time.monotonic() - self._began) * (self._size / self._done - 1)
        line = f"{self._done:>9,} of {self._size:,} applications, {_minutes(left)} left"
        print(f"\r{line}  " if is_terminal else line, end="" if is_terminal else "\n", flush=True)
        if is_terminal and self._done == self._size:
            print()


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"
