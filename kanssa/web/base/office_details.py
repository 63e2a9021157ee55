from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import get_language

from kanssa.calendar.days import day_of
from kanssa.database import time_limits
from kanssa.office import hours
from kanssa.office.current import current_office
from kanssa.office.information import Office, default_office

_SECONDS = 1.0
_last_known: list[Office] = []


@dataclass(frozen=True, slots=True)
class OfficeDetails:
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


def office_details(now: datetime, *, desk: Office | None = None) -> OfficeDetails:
    desk = desk or _published_desk()
    day = day_of(now)
    language, times = get_language() or "fi", desk.on(day)
    return OfficeDetails(
        address=desk.address[language],
        map_url=desk.map_url,
        hours_today=hours.today(now, desk=desk),
        hours=hours.week(hours=times.hours),
        exceptions=hours.coming_hours(now, desk=desk) + hours.coming_exceptions(now, desk=desk),
        phone=times.phone,
        phone_hours=hours.in_a_line(hours=times.phone_hours),
        email=times.email,
        notices=[each.text[language] for each in desk.notices_on(day)],
    )


def office_notices(now: datetime) -> list[str]:
    return [each.text[get_language() or "fi"] for each in _published_desk().notices_on(day_of(now))]


def _published_desk() -> Office:
    try:
        # Error pages show the desk too: they must not wait for a silent database.
        with time_limits.waiting_at_most(_SECONDS):
            _last_known[:] = [current_office()]
    except (DatabaseError, InterfaceError):
        # A failed query has broken the transaction around it: its owner must know.
        if connection.in_atomic_block:
            raise
        connection.close()
    return _last_known[0] if _last_known else default_office()
