"""The two halves of a load: each worker lives its chunks of applications and writes them, one by one."""

from collections.abc import Iterator
from random import Random

from django.db import connection, transaction

from rehearsal.load.life import Setting
from rehearsal.load.plans import live
from rehearsal.load.rows import Rows

CHUNK = 1_000
WORKERS = 2


def load_part(part: int, *, size: int, setting: Setting) -> Iterator[int]:
    for first in range(part * CHUNK, size, WORKERS * CHUNK):
        numbers = list(range(first, min(first + CHUNK, size)))
        count = len(numbers)
        rows = rows_of_chunk(numbers, setting=setting)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            rows.write()
        yield count


def rows_of_chunk(numbers: list[int], *, setting: Setting) -> Rows:
    """Let the applications of these numbers live, in memory. The same seed and moment give the same rows.

    Only what sealing adds, a random nonce each time, differs.
    """
    rng = Random(f"{setting.seed}:{numbers[0]}")  # noqa: S311 made-up people, no secret
    rows = Rows()
    while numbers:
        live(rows, setting, rng, numbers=numbers)
    return rows
