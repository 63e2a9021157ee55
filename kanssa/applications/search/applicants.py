"""Find adults for the staff: by reference, visit code, identity code, birth date or name.

Names are found by keyed fingerprints of their words, one for each spelling: the index alone reveals no
name. `similar_names.py` finds similar ones. A text that looks like a code or a zone and is none is refused
with the reason: searched as a name it would find no one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kanssa.applications.content.content import Facts, name_in
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant, SearchToken
from kanssa.applications.search.entries import among, entries_of
from kanssa.applications.search.refusals import (
    NobodysHetu,
    NoSuchDate,
    NothingByCode,
    NotUnderstandable,
    ZoneUnsound,
)
from kanssa.applications.search.visit_codes import application_by_visit_code
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.people.models import hetu_lookup
from kanssa.values.hetu import NotAHetu, parse_hetu
from kanssa.values.mrz import NotAnMrz, names_of_first_line, parse_mrz
from kanssa.values.names import Name, SearchKeyKind, SearchWord, search_keys_of, search_words_of
from kanssa.values.typed_date import NotADate, read_date
from kanssa.vault import fingerprint

_REFERENCE = re.compile(r"H-?(\d\d)-?([2-9A-HJ-NP-Z]{4})-?([2-9A-HJ-NP-Z]{2})", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}(?P<gap>[./-])\d{1,2}(?P=gap)\d{4}|\d{4}-\d{1,2}-\d{1,2})(?!\d)", re.ASCII
)
"""Within a line that may hold names too; `read_date` says which day it is."""
_DIGITS_WITH_DOTS = re.compile(r"\d\.\d", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{3,12}", re.IGNORECASE | re.ASCII)
_PIECE_OF_ZONE = re.compile(r"[A-Z0-9]{28,}", re.IGNORECASE | re.ASCII)
_INDEX = """
WITH wanted AS (
    SELECT * FROM unnest(%(applicants)s::uuid[], %(kinds)s::text[], %(lookups)s::bytea[])
        AS given (applicant_id, kind, lookup)
), former AS (
    DELETE FROM applications_searchtoken token WHERE token.applicant_id = ANY(%(adults)s::uuid[])
        AND NOT EXISTS (SELECT FROM wanted
            WHERE wanted.applicant_id = token.applicant_id AND wanted.lookup = token.lookup)
)
INSERT INTO applications_searchtoken (applicant_id, kind, lookup) SELECT * FROM wanted ON CONFLICT DO NOTHING
"""
_FILLERS = frozenset("<;")  # a reader set to another keyboard layout sends the second
MOST_FOUND = 30
# Two look-ups: with OR over a join PostgreSQL would read both tables.
_OF_CODE = """
    SELECT id FROM applications_applicant WHERE hetu_lookup = %(hetu)s
    UNION ALL
    SELECT applicant.id FROM people_person person
    JOIN applications_applicant applicant ON applicant.person_id = person.id
    WHERE person.hetu_lookup = %(hetu)s
"""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    reference: str = ""
    visit: UUID | None = None
    hetu: bytes | None = None
    names: tuple[SearchWord, ...] = ()
    born: date | None = None

    @property
    def was_given(self) -> bool:
        return bool(self.reference or self.visit)

    @property
    def kind(self) -> str:
        # For the log, which never holds the text.
        if self.was_given:
            return "reference" if self.reference else "visit-code"
        if self.hetu:
            return "hetu"
        return "name-and-born" if self.names and self.born else "name" if self.names else "born"


def parse_query(typed: str, *, today: date, allow_test_codes: bool) -> SearchQuery:
    """Parse what a clerk typed, or a document reader sent.

    Refuses: NotUnderstandable; its subclasses say what is wrong.
    """
    text = typed.strip()
    if match := _REFERENCE.fullmatch(text.replace(" ", "")):
        return SearchQuery(reference=f"H-{match[1]}-{match[2]}-{match[3]}".upper())
    if visited := application_by_visit_code(text):
        return SearchQuery(visit=visited)
    try:
        return SearchQuery(hetu=hetu_lookup(parse_hetu(text, today=today, allow_test_codes=allow_test_codes)))
    except NotAHetu as fault:
        if fault.why != "shape":
            # It has the shape of a code: searching it as a name would find nothing and tell nothing.
            raise NobodysHetu from None
    return _of_zone(text, today) if _is_zone(text) else _names_and_date(text)


def find_applicants(wanted: SearchQuery) -> list[Applicant]:
    applicants = sent_applicants()
    if wanted.reference:
        applicants = applicants.filter(application__reference=wanted.reference)
    elif wanted.visit:
        applicants = applicants.filter(application=wanted.visit)
    elif wanted.hetu:
        applicants = among(applicants, _OF_CODE, {"hetu": wanted.hetu})
    else:
        applicants = among(applicants, *entries_of(*_lookups(wanted)))
    return list(newest_first(applicants)[:MOST_FOUND])


def sent_applicants() -> QuerySet[Applicant]:
    return Applicant.objects.filter(removed_at__isnull=True).exclude(application__state=State.DRAFT)


def newest_first(applicants: QuerySet[Applicant]) -> QuerySet[Applicant]:
    return applicants.select_related("application").order_by("-application__sent_at", "position")


def applicants_born_on(born: date) -> QuerySet[Applicant]:
    tokens = SearchToken.objects.filter(lookup=birth_date_lookup(born)).values("applicant")
    return Applicant.objects.filter(
        pk__in=tokens, removed_at__isnull=True, left_at__isnull=True, application__state__in=ACTIVE_STATES
    )


def index_for_search(adults: Mapping[UUID, Facts]) -> None:
    """Store the search tokens of adults, by applicant; tokens of a former name are deleted."""
    tokens = [
        (applicant_id, kind, lookup)
        for applicant_id, facts in adults.items()
        for lookup, kind in search_lookups_of(facts).items()
    ]
    applicants, kinds, lookups = (
        (list(column) for column in zip(*tokens, strict=True)) if tokens else ([], [], [])
    )
    given = {"adults": list(adults), "applicants": applicants, "kinds": kinds, "lookups": lookups}
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, given)


def search_lookups_of(facts: Facts) -> dict[bytes, str]:
    lookups = {trace_lookup(trace, text): str(trace) for trace, text in search_keys_of(name_in(facts))}
    born = birth_date(facts)
    if born is not None:
        lookups[birth_date_lookup(born)] = "born"
    return lookups


def _is_zone(text: str) -> bool:
    squeezed = "".join(text.split())
    is_piece = _PIECE_OF_ZONE.fullmatch(squeezed) is not None and _has_digit(squeezed)
    return is_piece or not _FILLERS.isdisjoint(squeezed)


def _of_zone(text: str, today: date) -> SearchQuery:
    if names := names_of_first_line(text):
        return SearchQuery(names=_until_first_given(*names))
    try:
        zone = parse_mrz(text, today=today)
    except NotAnMrz as fault:
        raise ZoneUnsound(fault) from None
    names_said = _until_first_given(zone.last_name, zone.first_names)
    if not names_said and zone.born is None:  # an empty query would find every adult
        raise NotUnderstandable
    return SearchQuery(names=names_said, born=zone.born)


def _until_first_given(last_name: str, first_names: str) -> tuple[SearchWord, ...]:
    until = len(Name(last_name).words) + 1
    # Further given names may be missing on the application.
    return search_words_of(f"{last_name} {first_names}")[:until]


def _names_and_date(text: str) -> SearchQuery:
    match = _DATE.search(text)
    born = None
    if match:
        try:
            born = read_date(match[0])
        except NotADate:
            raise NoSuchDate from None
    rest = _DATE.sub(" ", text)
    # A mistyped code must not be searched, and kept, as a name.
    _require_no_code(rest)
    words = search_words_of(rest)
    if not words and born is None:
        raise NotUnderstandable
    return SearchQuery(names=words, born=born)


def _require_no_code(rest: str) -> None:
    if not _has_digit(rest):
        return
    if _DIGITS_WITH_DOTS.search(rest):
        raise NoSuchDate
    raise NothingByCode if _CODE.fullmatch(re.sub(r"[\s\-]", "", rest)) else NotUnderstandable


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _lookups(wanted: SearchQuery) -> tuple[list[list[bytes]], bytes | None]:
    names = [
        [trace_lookup(SearchKeyKind.NAME, spelling) for spelling in word.spellings] for word in wanted.names
    ]
    return names, birth_date_lookup(wanted.born) if wanted.born else None


def trace_lookup(trace: SearchKeyKind, text: str) -> bytes:
    return fingerprint(text, of=trace)


def birth_date_lookup(born: date) -> bytes:
    return fingerprint(born.isoformat(), of="born")
