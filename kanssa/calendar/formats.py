"""Dates for people, in their language. Django's own Swedish and English formats put the month first."""

from datetime import date, datetime, time

from babel.dates import format_date, format_datetime
from django.utils.translation import get_language

from kanssa.calendar.days import HELSINKI, last_day_before

_DAYS = {"fi": "ccc d.M.y", "sv": "cccc d MMMM y", "en": "cccc d MMMM y"}
_PLAIN = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMMM y"}
_MOMENTS = {"fi": "d.M.y 'klo' H.mm", "sv": "d.M.y 'kl.' H.mm", "en": "d MMMM y, HH:mm"}


def day(given: date, language: str | None = None) -> str:
    """Weekday and date, such as `to 24.12.2026`; short in Finnish, to fit any sentence."""
    language = language or get_language() or "fi"
    return format_date(given, _DAYS[language], locale=language)


def last_day(end: datetime, language: str | None = None) -> str:
    return day(last_day_before(end), language)


def plain_date(given: date) -> str:
    language = get_language() or "fi"
    return format_date(given, _PLAIN[language], locale=language)


def moment(given: datetime) -> str:
    language = get_language() or "fi"
    return format_datetime(given.astimezone(HELSINKI), _MOMENTS[language], locale=language)


def end(given: datetime) -> str:
    local = given.astimezone(HELSINKI)
    if local.time() != time():
        return moment(given)
    language = get_language() or "fi"
    # A midnight is shown as 24.00 of the day that it ends.
    ended_day = datetime.combine(last_day_before(given), time())
    return format_datetime(ended_day, _MOMENTS[language].replace("H", "k"), locale=language)


def clock(given: time) -> str:
    separator = ":" if get_language() == "en" else "."
    return f"{given.hour}{separator}{given.minute:02}"
