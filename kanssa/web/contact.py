"""The desk's hours in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from babel.dates import get_day_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.applications import dates
from kanssa.applications.desk import Span, next_opening, ordinary_week, spans_on, the_desk
from kanssa.applications.times import HELSINKI, day_of


@dataclass(frozen=True, slots=True)
class DeskCard:
    """The desk as pages show it; `hours` are pairs of days and times of an ordinary week."""

    address: str
    map_url: str
    hours_today: str
    hours: list[tuple[str, str]]
    phone: str
    phone_hours: str
    email: str


def desk_for(now: datetime) -> DeskCard:
    """The desk, with what its hours mean right now."""
    desk = the_desk()
    return DeskCard(
        address=desk.address[get_language() or "fi"],
        map_url=desk.map_url,
        hours_today=_today(now, desk.hours),
        hours=_week(desk.hours),
        phone=desk.phone,
        phone_hours="; ".join(f"{days} {times}" for days, times in _week(desk.phone_hours)),
        email=desk.email,
    )


def _today(now: datetime, hours: str) -> str:
    opens = next_opening(now, hours=hours)
    if opens == now:
        clock = now.astimezone(HELSINKI).time()
        closes = next(end for begin, end in spans_on(day_of(now), hours=hours) if begin <= clock < end)
        return _("Open now, closes at %(time)s") % {"time": dates.clock(closes)}
    local = opens.astimezone(HELSINKI)
    if local.date() == day_of(now):
        return _("Opens today at %(time)s") % {"time": dates.clock(local.time())}
    if local.date() == day_of(now) + timedelta(days=1):
        return _("Closed now. Opens tomorrow at %(time)s") % {"time": dates.clock(local.time())}
    return _("Closed now. Opens on %(day)s at %(time)s") % {
        "day": dates.day(local.date()),
        "time": dates.clock(local.time()),
    }


def _week(hours: str) -> list[tuple[str, str]]:
    names = get_day_names("abbreviated", locale=get_language() or "fi")
    rows = []
    for spans, group in groupby(enumerate(ordinary_week(hours=hours)), key=lambda pair: pair[1]):
        days = [names[number].rstrip(".") for number, _spans in group]
        label = days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}"
        rows.append((label, _times(spans)))
    return rows


def _times(spans: list[Span]) -> str:
    if not spans:
        return _("closed")
    return ", ".join(f"{dates.clock(begin)}–{dates.clock(end)}" for begin, end in spans)
