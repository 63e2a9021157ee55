"""Finding adults whose names are not quite those that were typed. For searching only.

The index gives candidates by coarse keyed fingerprints (the beginning of a word, its sound); their names
are opened and compared in memory. Each step has an upper bound, so that a common name costs no more.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from kanssa.applications.content import name_in
from kanssa.applications.household import opened
from kanssa.applications.models import Applicant, Part, SearchToken
from kanssa.applications.search import (
    MOST_FOUND,
    Wanted,
    lookup_of,
    lookup_of_born,
    newest_first,
    sent_places,
)
from kanssa.values.names import SoughtWord, likeness, ways_of_words

_MOST_ENTRIES = 5_000
"""Entries of the index that are read for a word."""
_MOST_OPENED = 100
"""Adults whose names are opened."""


def similar(wanted: Wanted) -> list[Applicant]:
    """The adults whose names are like each word that was typed, the most like first.

    Of those born on a day that was given too, one word is enough: a surname with another romanisation of
    the given names, or given names with a former surname.
    """
    if not wanted.names:
        return []
    places = _candidates(wanted)
    names = _names_of(places)
    scores = {place.pk: _score(wanted, names[place.pk]) for place in places}
    liked = [place for place in places if scores[place.pk] > 0]
    return sorted(liked, key=lambda place: -scores[place.pk])[:MOST_FOUND]


def _score(wanted: Wanted, ways: Collection[str]) -> float:
    each = [likeness(word, ways) for word in wanted.names]
    return sum(each) if wanted.born or all(each) else 0


def _candidates(wanted: Wanted) -> list[Applicant]:
    """By the birth date alone where there is one, else by every word."""
    lookups = [[lookup_of_born(wanted.born)]] if wanted.born else list(map(_lookups, wanted.names))
    places = sent_places()
    for each in lookups:
        entries = SearchToken.objects.filter(lookup__in=each).values("applicant")[:_MOST_ENTRIES]
        places = places.filter(pk__in=entries)
    return list(newest_first(places)[:_MOST_OPENED])


def _lookups(word: SoughtWord) -> list[bytes]:
    return [lookup_of(trace, text) for trace, text in word.traces]


def _names_of(places: Collection[Applicant]) -> Mapping[UUID | None, set[str]]:
    """The words of each adult's name, in each writing, in the versions that matter."""
    versions = [place.application.standing_version_id for place in places]
    versions += [place.application.confirmed_version_id for place in places]
    ways = defaultdict[UUID | None, set[str]](set)
    for part in Part.objects.filter(applicant__in=places, versions__in=set(versions)).distinct():
        ways[part.applicant_id] |= ways_of_words(name_in(opened(part)))
    return ways
