"""Cut the entries of the search index before anything is joined or sorted.

Each word, however common, is read up to a bound: a search takes as long at 300,000 applications as at
10,000. Below the bounds the result is exact.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from kanssa.applications.models import Applicant

_MOST_READ = 2_000
"""Entries of one spelling that are looked at, the newest first."""
_MOST_KEPT = 300
"""Those of them that are sorted, where all words match. A clerk sees 30."""
# LATERAL with LIMIT stops in the index. The conditions are scalar: as joins they would read whole words.
_OF_WORD = """
SELECT entry.applicant_id FROM unnest(%(word{nth})s::bytea[]) AS sought (lookup)
CROSS JOIN LATERAL (
    SELECT newest.applicant_id FROM (
        SELECT applicant_id, id FROM applications_searchtoken
        WHERE lookup = sought.lookup{newest_names} LIMIT %(most_read)s
    ) newest WHERE {conditions} LIMIT %(most_kept)s
) entry
"""
_HAS_WORD = """(
    SELECT true FROM applications_searchtoken other
    WHERE other.applicant_id = newest.applicant_id AND other.lookup = ANY(%(word{nth})s::bytea[]) LIMIT 1
)"""
# In the order of its own index. Of a birth date an order is not asked for: few are born on one day.
_NEWEST_NAMES = " AND kind = 'name' ORDER BY id DESC"
_GAP = re.compile(r"%\((\w+)\)s")


def among(applicants: QuerySet[Applicant], keys: str, given: Mapping[str, Any]) -> QuerySet[Applicant]:
    """Keep those whose ids a statement gives. As an array: PostgreSQL then looks each up by its key."""
    sql, params = _positional(f"applications_applicant.id = ANY(ARRAY({keys}))", given)
    return applicants.filter(RawSQL(sql, params, output_field=BooleanField()))  # noqa: S611 our own text


def entries_of(names: Sequence[Sequence[bytes]], born: bytes | None) -> tuple[str, dict[str, Any]]:
    """Give the statement for the ids of adults with all words, each in any spelling, and with a birth date.

    Few are born on one day, so a birth date leads. Else each word leads once: the rarest finds all, and of
    common ones the newest are found.
    """
    words = [*names, *([[born]] if born else [])]
    leading = [len(words) - 1] if born else range(len(words))
    newest = "" if born else _NEWEST_NAMES
    parts = [
        _OF_WORD.format(nth=nth, newest_names=newest, conditions=_others(nth, len(words))) for nth in leading
    ]
    given = {f"word{nth}": list(word) for nth, word in enumerate(words)}
    return " UNION ".join(parts), {**given, "most_read": _MOST_READ, "most_kept": _MOST_KEPT}


def _others(nth: int, count: int) -> str:
    return " AND ".join(_HAS_WORD.format(nth=other) for other in range(count) if other != nth) or "true"


def _positional(sql: str, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Number the named gaps, as Django's expressions take them."""
    pieces = _GAP.split(sql)
    return "%s".join(pieces[::2]), [given[name] for name in pieces[1::2]]
