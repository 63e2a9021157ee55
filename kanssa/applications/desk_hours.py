"""The desk's hours in words: an ordinary week, today, and the days that are not ordinary."""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby

import holidays
from babel.dates import get_day_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.applications import dates
from kanssa.applications.desk import Span, next_opening, ordinary_week, spans_on, the_desk
from kanssa.applications.times import HELSINKI, day_of

_AHEAD = 21
_LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}


def today(now: datetime, *, hours: str) -> str:
    """What the hours mean right now, such as `Open now, closes at 15.00`."""
    opens = next_opening(now, hours=hours)
    if opens == now:
        clock = now.astimezone(HELSINKI).time()
        closes = next(end for begin, end in spans_on(day_of(now), hours=hours) if begin <= clock < end)
        return _("Open now, closes at %(time)s") % {"time": dates.clock(closes)}
    local = opens.astimezone(HELSINKI)
    time = dates.clock(local.time())
    if local.date() == day_of(now):
        return _("Opens today at %(time)s") % {"time": time}
    if local.date() == day_of(now) + timedelta(days=1):
        return _("Closed now. Opens tomorrow at %(time)s") % {"time": time}
    return _("Closed now. Opens on %(day)s at %(time)s") % {"day": dates.day(local.date()), "time": time}


def week(*, hours: str) -> list[tuple[str, str]]:
    """Pairs of days and times of an ordinary week, days alike together."""
    names = get_day_names("abbreviated", locale=get_language() or "fi")
    rows = []
    for spans, group in groupby(enumerate(ordinary_week(hours=hours)), key=lambda pair: pair[1]):
        days = [names[number].rstrip(".") for number, _spans in group]
        label = days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}"
        rows.append((label, times(spans)))
    return rows


def coming_exceptions(now: datetime, *, hours: str) -> list[str]:
    """The days of the next three weeks that are not as in an ordinary week, each with why."""
    ordinary = ordinary_week(hours=hours)
    days = (day_of(now) + timedelta(days=number) for number in range(_AHEAD))
    return [
        _("%(day)s: %(times)s (%(why)s)") % {"day": dates.day(day), "times": times(spans), "why": why}
        if (why := reason(day))
        else f"{dates.day(day)}: {times(spans)}"
        for day in days
        if (spans := spans_on(day, hours=hours)) != ordinary[day.weekday()]
    ]


def reason(day: date) -> str:
    """Why a day is not ordinary, in the present language; empty where nothing tells."""
    language = get_language() or "fi"
    told = next((each.reason[language] for each in the_desk().exceptions if each.on == day), "")
    return told or str(_public_holidays(language).get(day, ""))


def times(spans: list[Span]) -> str:
    """The open hours of a day."""
    if not spans:
        return _("closed")
    return ", ".join(f"{dates.clock(begin)}–{dates.clock(end)}" for begin, end in spans)


@cache
def _public_holidays(language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language=_LANGUAGES[language])
