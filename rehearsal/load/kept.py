"""Answers that cost much and are asked for again and again, kept."""

from datetime import date, datetime
from functools import cache

from kanssa.applications.aggregate.periods import (
    confirmation_ends_from,
    confirming_time_from,
    validity_from,
)
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.search.applicants import search_lookups_of
from kanssa.calendar.days import morning_of


@cache
def confirm_by(since: date, invited: date | None) -> datetime:
    return confirming_time_from(morning_of(since), invited_at=morning_of(invited) if invited else None)


@cache
def validity(day: date) -> datetime:
    return validity_from(morning_of(day))


@cache
def confirmation_ends(day: date) -> datetime:
    return confirmation_ends_from(morning_of(day))


@cache
def name_lookups(last_name: str, first_names: str) -> list[tuple[bytes, str]]:
    # To make them takes longer than all else about an adult.
    return list(search_lookups_of({"last_name": last_name, "first_names": first_names}).items())


@cache
def born_lookups(born: date) -> list[tuple[bytes, str]]:
    return list(search_lookups_of({"born": born.isoformat()}).items())


@cache
def digest_of_terms(version: str, language: str) -> bytes:
    return terms_in_force(date.fromisoformat(version)).digest(language)
