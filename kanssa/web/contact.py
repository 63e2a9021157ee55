"""The desk as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import get_language

from kanssa.applications import desk_hours
from kanssa.applications.desk import the_desk
from kanssa.applications.desk_said import Desk, default_desk
from kanssa.applications.times import day_of
from kanssa.database import patience

_SECONDS = 1.0
_last_known: list[Desk] = []


@dataclass(frozen=True, slots=True)
class DeskCard:
    """The desk; `hours` are pairs of days and times of an ordinary week, `exceptions` other days soon."""

    address: str
    map_url: str
    hours_today: str
    hours: list[tuple[str, str]]
    exceptions: list[str]
    phone: str
    phone_hours: str
    email: str
    notices: list[str]


def desk_for(now: datetime, *, desk: Desk | None = None) -> DeskCard:
    """The desk, with what its hours mean right now; another than the present one for a preview."""
    desk = desk or _published_desk()
    day = day_of(now)
    language, times = get_language() or "fi", desk.on(day)
    return DeskCard(
        address=desk.address[language],
        map_url=desk.map_url,
        hours_today=desk_hours.today(now, desk=desk),
        hours=desk_hours.week(hours=times.hours),
        exceptions=desk_hours.coming_hours(now, desk=desk) + desk_hours.coming_exceptions(now, desk=desk),
        phone=times.phone,
        phone_hours=desk_hours.in_a_line(hours=times.phone_hours),
        email=times.email,
        notices=[each.text[language] for each in desk.notices_on(day)],
    )


def notices_for(now: datetime) -> list[str]:
    """What is to be known of the desk right now, in the present language."""
    return [each.text[get_language() or "fi"] for each in _published_desk().notices_on(day_of(now))]


def _published_desk() -> Desk:
    """Give the desk as last published; without the database as this process last knew it."""
    try:
        with patience.within(_SECONDS):
            _last_known[:] = [the_desk()]
    except (DatabaseError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
    return _last_known[0] if _last_known else default_desk()
