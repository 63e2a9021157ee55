"""The desk's opening hours in words: an ordinary week, today, and exceptional days."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby

import holidays
from babel.dates import get_day_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.calendar import formats
from kanssa.calendar.days import HELSINKI, day_of
from kanssa.office.current import Span, next_opening, ordinary_week, spans_on
from kanssa.office.information import Office

_AHEAD = 21
_MIDNIGHT = time.min
_ALL_DAY = [(_MIDNIGHT, _MIDNIGHT)]
_LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}


def today(now: datetime, *, desk: Office) -> str:
    opens = next_opening(now, desk=desk)
    if opens == now:
        clock, spans = (
            now.astimezone(HELSINKI).time(),
            spans_on(day_of(now), hours=desk.hours_on(day_of(now))),
        )
        if spans == _ALL_DAY:
            return _("Open now, all day today")
        closes = next(end for begin, end in spans if begin <= clock and (clock < end or end == _MIDNIGHT))
        return _("Open now, closes at %(time)s") % {"time": formats.clock(closes)}
    local = opens.astimezone(HELSINKI)
    opening = formats.clock(local.time())
    if local.date() == day_of(now):
        return _("Opens today at %(time)s") % {"time": opening}
    if local.date() == day_of(now) + timedelta(days=1):
        return _("Closed now. Opens tomorrow at %(time)s") % {"time": opening}
    return _("Closed now. Opens on %(day)s at %(time)s") % {"day": formats.day(local.date()), "time": opening}


def week(*, hours: str) -> list[tuple[str, str]]:
    names = get_day_names("abbreviated", locale=get_language() or "fi")
    rows = []
    for spans, group in groupby(enumerate(ordinary_week(hours=hours)), key=lambda pair: pair[1]):
        days = [names[number].rstrip(".") for number, _spans in group]
        label = days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}"
        rows.append((label, times(spans)))
    return rows


def in_a_line(*, hours: str) -> str:
    return "; ".join(f"{days} {spans}" for days, spans in week(hours=hours))


def coming_hours(now: datetime, *, desk: Office) -> list[str]:
    first, last = day_of(now), day_of(now) + timedelta(days=_AHEAD)
    return [
        _("From %(day)s: %(hours)s") % {"day": formats.day(each.since), "hours": in_a_line(hours=each.hours)}
        for each in desk.times
        if each.since is not None and first < each.since <= last
    ]


def coming_exceptions(now: datetime, *, desk: Office) -> list[str]:
    texts = []
    for number in range(_AHEAD):
        day = day_of(now) + timedelta(days=number)
        spans = spans_on(day, hours=desk.hours_on(day))
        if spans == ordinary_week(hours=desk.on(day).hours)[day.weekday()]:
            continue
        line = {"day": formats.day(day), "times": times(spans), "why": reason(day, desk=desk)}
        texts.append(
            _("%(day)s: %(times)s (%(why)s)") % line if line["why"] else f"{line['day']}: {line['times']}"
        )
    return texts


def reason(day: date, *, desk: Office) -> str:
    language = get_language() or "fi"
    texts = next((each.reason[language] for each in desk.exceptions if each.on == day), "")
    return texts or str(_public_holidays(language).get(day, ""))


def times(spans: Sequence[Span]) -> str:
    if not spans:
        return _("closed")
    if spans == _ALL_DAY:
        return _("around the clock")
    return ", ".join(f"{formats.clock(begin)}–{formats.clock(end)}" for begin, end in spans)


@cache
def _public_holidays(language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("FI", language=_LANGUAGES[language])
