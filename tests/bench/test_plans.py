"""No list, search, page or job reads a table from end to end, nor an index: `make plans` at 10,000."""

import pytest
from django.db import connection

from bench.plans.measuring import measure
from rehearsal.load.life import Setting
from rehearsal.load.parts import WORKERS, load_part
from tests.cast import NOW
from tests.staff import member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SIZE = 10_000
# Thirty applications of a search and fifty lines of a list, with all their rows, are below this.
MOST_ROWS = 12_000


def test_nothing_reads_a_whole_table():
    for part in range(WORKERS):
        list(load_part(part, size=SIZE, setting=Setting(seed=3, now=NOW, clerks=(member().user_id,))))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    found = measure(now=NOW, times=0)

    assert {name: each.scanned for name, each in found.items() if each.scanned} == {}
    assert {name: each.touched for name, each in found.items() if each.touched > MOST_ROWS} == {}
