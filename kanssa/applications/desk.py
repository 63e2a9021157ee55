"""The service desk: where it is, how to reach it, when it is open."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources

from opening_hours import OpeningHours, State

from kanssa.applications.times import HELSINKI

_COUNTRY = "FI"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_AN_ORDINARY_MONDAY = date(2026, 9, 7)

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class ExceptionalDay:
    """A day with hours of its own, `off` when closed; `reason` by language."""

    on: date
    hours: str
    reason: dict[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What `desk.toml` says: the address by language, hours in the OpenStreetMap form.

    `hours` and `phone_hours` hold the exceptions too.
    """

    address: dict[str, str]
    map_url: str
    hours: str
    phone: str
    phone_hours: str
    email: str
    exceptions: tuple[ExceptionalDay, ...] = field(default=())


@cache
def the_desk() -> Desk:
    """Read the desk's file, once."""
    text = resources.files("kanssa.applications").joinpath("desk.toml").read_text("utf-8")
    told = tomllib.loads(text)
    exceptions = tuple(ExceptionalDay(**each) for each in told.pop("exception", []))
    for hours in ("hours", "phone_hours"):
        told[hours] = "; ".join((told[hours], *map(_rule, exceptions)))
    return Desk(**told, exceptions=exceptions)


def desk_is_open(day: date) -> bool:
    """Whether the desk opens at all on a day; public holidays count."""
    return bool(spans_on(day, hours=the_desk().hours))


def spans_on(day: date, *, hours: str) -> list[Span]:
    """The open hours of a day, in Helsinki's time."""
    start = datetime.combine(day, time.min)
    parts = _parsed(hours).intervals(start, start + timedelta(days=1))
    return [(begin.time(), end.time()) for begin, end, state, _comment in parts if state == State.OPEN]


def next_opening(now: datetime, *, hours: str) -> datetime:
    """When it opens next; `now` itself if it is open."""
    local = now.astimezone(HELSINKI).replace(tzinfo=None)
    opening = _parsed(hours)
    if opening.is_open(local):
        return now
    change = opening.next_change(local)
    if change is None:
        raise ValueError("these hours never open")
    return change.replace(tzinfo=HELSINKI)


def ordinary_week(*, hours: str) -> list[list[Span]]:
    """The open hours of Monday to Sunday in a week without holidays."""
    return [spans_on(_AN_ORDINARY_MONDAY + timedelta(days=day), hours=hours) for day in range(7)]


def _rule(exception: ExceptionalDay) -> str:
    day = exception.on
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {exception.hours}"


@cache
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours, country=_COUNTRY)
