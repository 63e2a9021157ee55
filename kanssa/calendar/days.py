"""The days that rules count in: Europe/Helsinki, a day ends at its midnight.

A moment "to the end of a day" is the first moment of the next one, exclusive.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

HELSINKI = ZoneInfo("Europe/Helsinki")


def day_of(moment: datetime) -> date:
    """The calendar day in Helsinki."""
    return moment.astimezone(HELSINKI).date()


def end_of(day: date) -> datetime:
    """The midnight at which the day ends; nights of summer time included."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=HELSINKI)


def start_of(day: date) -> datetime:
    """The midnight at which the day begins."""
    return datetime.combine(day, time.min, tzinfo=HELSINKI)


def last_day_before(end: datetime) -> date:
    """The day that `end_of` was asked for: what people are told."""
    return day_of(end - timedelta(microseconds=1))


def is_adult(born: date, *, on: date) -> bool:
    """Whether somebody is 18 on a day. Born on 29 February: from 1 March in common years."""
    return years_between(born, on) >= 18  # noqa: PLR2004 the age of majority


def years_between(born: date, on: date) -> int:
    """Whole years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def time_to_confirm(
    *,
    from_day: date,
    invited_on: date | None,
    days: int,
    office_is_open: Callable[[date], bool],
    days_from_invitation: int = 14,
    at_most: int = 44,
) -> datetime:
    """Until when all must have confirmed (DOMAIN, the time to confirm).

    `days` from sending or falling back, or 14 from the last first invitation if that is
    later, 44 at most, to the end of a day on which the desk is open.
    """
    last = from_day + timedelta(days=days)
    if invited_on is not None:
        last = max(last, invited_on + timedelta(days=days_from_invitation))
    last = min(last, from_day + timedelta(days=at_most))
    while not office_is_open(last):
        last += timedelta(days=1)
    return end_of(last)


def validity(*, from_day: date, days: int, months: int) -> datetime:
    """The later of `days` and `months` from a day, to the end of that day."""
    return end_of(max(from_day + timedelta(days=days), from_day + relativedelta(months=months)))


def coming_of_age(born: date) -> date:
    """The day on which somebody becomes an adult; born on 29 February: 1 March in common years."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 3, 1)


def morning_of(day: date) -> datetime:
    """When letters that the clock writes leave: at 9 in the morning."""
    return datetime.combine(day, time(9), tzinfo=HELSINKI)
