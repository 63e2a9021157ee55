"""Apply the rules of `calendar/days.py` with the numbers of the settings."""

from datetime import date, datetime, timedelta
from functools import partial

from dateutil.relativedelta import relativedelta
from django.conf import settings

from kanssa.applications.models import Outage
from kanssa.calendar.days import day_of, end_of, last_day_before, start_of, time_to_confirm, validity
from kanssa.office.current import current_office, is_open_on

_LONGEST = 44
"""Days of the longest time to confirm that no one extended (`time_to_confirm`)."""
# Added so that the period's own end comes first: then the application expires instead of falling back.
AFTER_PERIOD = timedelta(microseconds=1)


def validity_from(now: datetime) -> datetime:
    return validity(from_day=day_of(now), days=settings.VALID_DAYS, months=settings.VALID_MONTHS)


def confirming_time_from(now: datetime, *, invited_at: datetime | None = None) -> datetime:
    """Give the end of the time to confirm, counted from sending, falling back or beginning to wait."""
    return time_to_confirm(
        from_day=day_of(now),
        invited_on=day_of(invited_at) if invited_at else None,
        days=settings.DAYS_TO_CONFIRM,
        office_is_open=partial(is_open_on, desk=current_office()),
    )


def extended_for_outage(end: datetime, *, since: datetime | None, now: datetime) -> datetime | None:
    """Give the later end of a time to confirm on whose last day an outage kept people from confirming.

    It is the end of the next day on which the desk is open; None without an outage, or beyond the longest
    extension.
    """
    if not Outage.objects.was_on(start_of(last_day_before(end)), end, now=now):
        return None
    later = end_of_open_day(day_of(end))
    return later if since is None or later <= longest_extension(since) else None


def end_of_open_day(day: date) -> datetime:
    """Give the end of this day if the desk is open on it, or of the next on which it is."""
    desk = current_office()
    while not is_open_on(day, desk):
        day += timedelta(days=1)
    return end_of(day)


def longest_extension(since: datetime) -> datetime:
    """Give the latest moment to which a time to confirm that began then may be extended."""
    return end_of(day_of(since) + timedelta(days=_LONGEST + settings.MAX_EXTENSION_DAYS))


def confirmation_ends_from(now: datetime) -> datetime:
    return end_of(day_of(now) + relativedelta(months=settings.CONFIRMATION_MONTHS))


def can_be_copied_at(now: datetime, *, ended_at: datetime | None) -> bool:
    """Tell whether an application or a part that ended then may still be copied (DOMAIN, rules 6 and 9)."""
    return ended_at is not None and ended_at >= copied_since(now)


def copied_since(now: datetime) -> datetime:
    """Give when an application or a part ended that can be copied for the last time now."""
    return now - timedelta(days=settings.COPY_DAYS)
