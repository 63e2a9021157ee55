"""Find adults whose names are similar to those that were typed. For searching only.

The index gives candidates by coarse keyed fingerprints (the beginning of a word, its sound); their names
are opened and compared in memory. Each step has an upper bound, so that a common name is not slower than a
rare one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count

from kanssa.applications.aggregate.version_view import open_part
from kanssa.applications.content.content import name_in
from kanssa.applications.models import Applicant, Part, SearchToken
from kanssa.applications.search.applicants import (
    MOST_FOUND,
    SearchQuery,
    birth_date_lookup,
    newest_first,
    sent_applicants,
    trace_lookup,
)
from kanssa.values.names import NameForms, name_forms_of, similarity

_MOST_ENTRIES = 2_000
"""Index entries that are read for one key of a word, or for a birth date."""
_MOST_OPENED = 100
"""Adults whose names are opened: those with the most keys in common."""
# LATERAL with LIMIT bounds the rows read for each key; a plain IN would read all of a common one.
_BY_TRACES = """
SELECT entry.applicant_id
FROM unnest(%s::bytea[]) AS sought (lookup)
CROSS JOIN LATERAL (
    SELECT applicant_id FROM applications_searchtoken WHERE lookup = sought.lookup LIMIT %s
) AS entry
GROUP BY entry.applicant_id
ORDER BY count(*) DESC, entry.applicant_id
LIMIT %s
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
    lookups = [trace_lookup(trace, text) for trace, text in search_keys]
    keys = _born_with(lookups, wanted.born) if wanted.born else _with(lookups)
    return list(newest_first(sent_applicants().filter(pk__in=keys)))


def _with(lookups: list[bytes]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_TRACES, [lookups, _MOST_ENTRIES, _MOST_OPENED])
        return [key for (key,) in cursor.fetchall()]


def _born_with(lookups: list[bytes], born: date) -> list[UUID]:
    # Limited to the birth date first, so that few entries are left to count.
    that_day = SearchToken.objects.filter(lookup=birth_date_lookup(born)).values("applicant")[:_MOST_ENTRIES]
    entries = SearchToken.objects.filter(lookup__in=lookups, applicant__in=that_day).values("applicant")
    most_first = entries.annotate(common=Count("pk")).order_by("-common", "applicant")
    return list(most_first.values_list("applicant", flat=True)[:_MOST_OPENED])


def _names_of(applicants: Collection[Applicant]) -> Mapping[UUID | None, list[NameForms]]:
    versions = {applicant.application.current_version_id for applicant in applicants}
    versions |= {applicant.application.confirmed_version_id for applicant in applicants}
    names = defaultdict[UUID | None, list[NameForms]](list)
    for part in Part.objects.filter(applicant__in=applicants, versions__in=versions).distinct():
        names[part.applicant_id].append(name_forms_of(name_in(open_part(part))))
    return names
