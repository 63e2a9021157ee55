"""Days as the rules count them: Europe/Helsinki, ending at its midnight.

The end of a day is the first moment of the next one, exclusive.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

HELSINKI = ZoneInfo("Europe/Helsinki")


def day_of(moment: datetime) -> date:
    return moment.astimezone(HELSINKI).date()


def end_of(day: date) -> datetime:
    """Return the midnight that ends the day; correct across summer-time changes."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=HELSINKI)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=HELSINKI)


def last_day_before(end: datetime) -> date:
    return day_of(end - timedelta(microseconds=1))


def is_adult(born: date, *, on: date) -> bool:
    # Those born on 29 February come of age on 1 March in common years.
    return years_between(born, on) >= 18  # noqa: PLR2004 the age of majority


def years_between(born: date, on: date) -> int:
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
    """Return the end of the time to confirm (DOMAIN, the time to confirm).

    `days` from sending or falling back, or 14 days from the last first invitation if that is later, at
    most 44, to the end of a day on which the desk is open.
    """
    last = from_day + timedelta(days=days)
    if invited_on is not None:
        last = max(last, invited_on + timedelta(days=days_from_invitation))
    last = min(last, from_day + timedelta(days=at_most))
    while not office_is_open(last):
        last += timedelta(days=1)
    return end_of(last)


def validity(*, from_day: date, days: int, months: int) -> datetime:
    return end_of(max(from_day + timedelta(days=days), from_day + relativedelta(months=months)))


def coming_of_age(born: date) -> date:
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        # Those born on 29 February come of age on 1 March in common years.
        return date(born.year + 18, 3, 1)


def morning_of(day: date) -> datetime:
    """Return 9 in the morning in Helsinki, when timed messages leave."""
    return datetime.combine(day, time(9), tzinfo=HELSINKI)
