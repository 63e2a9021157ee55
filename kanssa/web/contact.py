"""The desk as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from kanssa.applications import desk_hours
from kanssa.applications.desk import the_desk


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


def desk_for(now: datetime) -> DeskCard:
    """The desk, with what its hours mean right now."""
    desk = the_desk()
    return DeskCard(
        address=desk.address[get_language() or "fi"],
        map_url=desk.map_url,
        hours_today=desk_hours.today(now, hours=desk.hours),
        hours=desk_hours.week(hours=desk.hours),
        exceptions=desk_hours.coming_exceptions(now, hours=desk.hours),
        phone=desk.phone,
        phone_hours="; ".join(f"{days} {times}" for days, times in desk_hours.week(hours=desk.phone_hours)),
        email=desk.email,
    )
