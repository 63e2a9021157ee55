"""The service desk's current information and opening times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from time import monotonic
from uuid import UUID

from opening_hours import OpeningHours, State

from kanssa.calendar.days import HELSINKI, day_of
from kanssa.office.information import Office, default_office, office_from_json
from kanssa.office.models import OfficeEdition

_COUNTRY = "FI"
_AN_ORDINARY_MONDAY = date(2026, 9, 7)
# More than a year, for hours that depend on the season.
_LOOKS_AHEAD = 400

_LOOK_UP_SECONDS = 1.0
_looked_up: dict[str, tuple[float, UUID | None]] = {}
"""When this process last looked up the key of the edition in force."""

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class OfficeEdit:
    number: int
    at: datetime
    by: UUID = field(repr=False)


def current_office(*, is_fresh: bool = False) -> Office:
    """Give the desk as staff last edited it, else as its file says.

    Which edition is in force is looked up once a second at most, unless it has to be fresh.
    """
    looked_up = None if is_fresh else _looked_up.get("latest")
    # Nearly every page shows the desk: one query a second is enough.
    if looked_up is None or looked_up[0] < monotonic() - _LOOK_UP_SECONDS:
        key = OfficeEdition.objects.order_by("-number").values_list("key", flat=True).first()
        looked_up = _looked_up["latest"] = (monotonic(), key)
    key = looked_up[1]
    return default_office() if key is None else _edition(key)


def forget_look_up() -> None:
    _looked_up.clear()


def office_edits(*, at_most: int) -> list[OfficeEdit]:
    rows = OfficeEdition.objects.order_by("-number")[:at_most]
    return [OfficeEdit(*row) for row in rows.values_list("number", "made_at", "made_by")]


def office_is_open(day: date) -> bool:
    return is_open_on(day, current_office())


def is_open_on(day: date, desk: Office) -> bool:
    return bool(spans_on(day, hours=desk.hours_on(day)))


def spans_on(day: date, *, hours: str) -> list[Span]:
    return list(_spans_on(day, hours))


def next_opening(now: datetime, *, desk: Office) -> datetime:
    """Return when the desk opens next, or `now` if it is open. Raises ValueError if it never opens."""
    clock, today = now.astimezone(HELSINKI).time(), day_of(now)
    for begin, end in spans_on(today, hours=desk.hours_on(today)):
        if clock < begin:
            return datetime.combine(today, begin, tzinfo=HELSINKI)
        if clock < end or end == time.min:
            return now
    for ahead in range(1, _LOOKS_AHEAD):
        day = today + timedelta(days=ahead)
        for begin, _end in spans_on(day, hours=desk.hours_on(day)):
            return datetime.combine(day, begin, tzinfo=HELSINKI)
    raise ValueError("these hours never open")


@lru_cache(maxsize=1024)
def ordinary_week(*, hours: str) -> Sequence[Sequence[Span]]:
    return [spans_on(_AN_ORDINARY_MONDAY + timedelta(days=day), hours=hours) for day in range(7)]


@lru_cache(maxsize=8)
def _edition(key: UUID) -> Office:
    # Cache by key: an edition never changes.
    row = OfficeEdition.objects.get(key=key)
    return office_from_json(row.information, number=row.number)


# A page with the desk's hours asks for some two hundred days.
@lru_cache(maxsize=4096)
def _spans_on(day: date, hours: str) -> tuple[Span, ...]:
    start = datetime.combine(day, time.min)
    parts = _parsed(hours).intervals(start, start + timedelta(days=1))
    return tuple((begin.time(), end.time()) for begin, end, state, _comment in parts if state == State.OPEN)


@lru_cache(maxsize=1024)
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours, country=_COUNTRY)
