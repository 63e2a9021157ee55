"""Find adults whose names are similar to those that were typed. For searching only.

The index gives candidates by coarse keyed fingerprints (the beginning of a word, its sound); their names
are opened and compared in memory. Each step has an upper bound, so that a common name is not slower than a
rare one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from kanssa.applications.aggregate.version_view import open_part
from kanssa.applications.content.content import name_in
from kanssa.applications.models import Applicant, Part
from kanssa.applications.search.applicants import (
    MOST_FOUND,
    SearchQuery,
    birth_date_lookup,
    newest_first,
    sent_applicants,
    trace_lookup,
)
from kanssa.applications.search.entries import among
from kanssa.values.names import NameForms, name_forms_of, similarity

_MOST_ENTRIES = 2_000
"""Index entries that are read for one key of a word, or for a birth date."""
_MOST_OPENED = 100
"""Adults whose names are opened: those with the most keys in common."""
# LATERAL with LIMIT bounds the rows read for each key; a plain IN would read all of a common one.
_BY_TRACES = """
SELECT entry.applicant_id
FROM unnest(%(lookups)s::bytea[]) AS sought (lookup)
CROSS JOIN LATERAL (
    SELECT applicant_id FROM applications_searchtoken WHERE lookup = sought.lookup LIMIT %(most_read)s
) AS entry
GROUP BY entry.applicant_id
ORDER BY count(*) DESC, entry.applicant_id
LIMIT %(most_opened)s
"""
# Limited to the birth date first. The count is scalar: a join would read all entries of a common key.
_BORN_BY_TRACES = """
SELECT applicant_id FROM (
    SELECT that_day.applicant_id, (
        SELECT count(*) FROM applications_searchtoken entry
        WHERE entry.applicant_id = that_day.applicant_id AND entry.lookup = ANY(%(lookups)s::bytea[])
    ) AS common
    FROM (
        SELECT applicant_id FROM applications_searchtoken WHERE lookup = %(born)s LIMIT %(most_read)s
    ) AS that_day
) AS counted
WHERE common > 0
ORDER BY common DESC, applicant_id
LIMIT %(most_opened)s
"""


def find_similar(wanted: SearchQuery) -> list[Applicant]:
    """Find the adults whose names resemble each typed word, the most similar first.

    With a birth date one similar word is enough: a surname with another romanisation of the given names, or
    given names with a former surname.
    """
    if not wanted.names:
        return []
    applicants = _candidates(wanted)
    names = _names_of(applicants)
    scores = {applicant.pk: _score(wanted, names[applicant.pk]) for applicant in applicants}
    liked = [applicant for applicant in applicants if scores[applicant.pk] > 0]
    return sorted(liked, key=lambda applicant: -scores[applicant.pk])[:MOST_FOUND]


def _score(wanted: SearchQuery, names: Collection[NameForms]) -> float:
    return max((_likeness(wanted, name) for name in names), default=0)


def _likeness(wanted: SearchQuery, name: NameForms) -> float:
    each = [similarity(word, name) for word in wanted.names]
    return sum(each) if wanted.born or all(each) else 0


def _candidates(wanted: SearchQuery) -> list[Applicant]:
    search_keys = sorted({each for word in wanted.names for each in word.search_keys})
    given = {
        "lookups": [trace_lookup(trace, text) for trace, text in search_keys],
        "born": birth_date_lookup(wanted.born) if wanted.born else None,
        "most_read": _MOST_ENTRIES,
        "most_opened": _MOST_OPENED,
    }
    keys = _BORN_BY_TRACES if wanted.born else _BY_TRACES
    return list(newest_first(among(sent_applicants(), keys, given)))


def _names_of(applicants: Collection[Applicant]) -> Mapping[UUID | None, list[NameForms]]:
    versions = {applicant.application.current_version_id for applicant in applicants}
    versions |= {applicant.application.confirmed_version_id for applicant in applicants}
    names = defaultdict[UUID | None, list[NameForms]](list)
    for part in Part.objects.filter(applicant__in=applicants, versions__in=versions).distinct():
        names[part.applicant_id].append(name_forms_of(name_in(open_part(part))))
    return names
