from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kanssa.calendar import formats
from kanssa.calendar.days import (
    HELSINKI,
    day_of,
    end_of,
    is_adult,
    last_day_before,
    time_to_confirm,
    validity,
)
from kanssa.office.current import is_open_on, next_opening
from kanssa.office.information import default_office


def office_is_open(day):
    return is_open_on(day, default_office())


DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@given(DAYS)
def test_a_day_ends_at_midnight_in_helsinki_even_when_the_clocks_change(day):
    end = end_of(day)

    assert day_of(end - timedelta(microseconds=1)) == day
    assert day_of(end) == day + timedelta(days=1)
    assert last_day_before(end) == day


@pytest.mark.parametrize(
    ("language", "shown"),
    [("fi", "28.12.2026 klo\xa024.00"), ("sv", "28.12.2026 kl.\xa024.00"), ("en", "28 December 2026, 24:00")],
)
def test_the_end_of_a_day_is_shown_as_24_00_and_not_as_the_next_day(language, shown):
    with override(language):
        assert formats.end(end_of(date(2026, 12, 28))) == shown
        assert "24" not in formats.end(end_of(date(2026, 12, 27)) + timedelta(hours=9)).split("2026")[1]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_the_days_of_summer_time_are_shorter_and_longer(day, hours):
    length = end_of(day).astimezone(UTC) - end_of(day - timedelta(days=1)).astimezone(UTC)

    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("born", "on", "adult"),
    [
        (date(2008, 11, 24), date(2026, 11, 23), False),
        (date(2008, 11, 24), date(2026, 11, 24), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
    ],
)
def test_adulthood_begins_on_the_18th_birthday_and_on_1_march_for_29_february(born, on, adult):
    assert is_adult(born, on=on) is adult


@given(sent=DAYS, wait=st.none() | st.integers(0, 60))
def test_the_time_to_confirm_ends_on_an_office_day_within_its_bounds(sent, wait):
    invited = None if wait is None else sent + timedelta(days=wait)

    last = last_day_before(
        time_to_confirm(from_day=sent, invited_on=invited, days=30, office_is_open=office_is_open)
    )

    assert office_is_open(last)
    assert last >= sent + timedelta(days=30)
    if invited is not None and wait <= 30:
        assert last >= invited + timedelta(days=14)
    assert last <= sent + timedelta(days=44 + 6)


def test_the_time_to_confirm_extends_over_christmas():
    end = time_to_confirm(
        from_day=date(2026, 11, 25), invited_on=None, days=30, office_is_open=office_is_open
    )

    assert last_day_before(end) == date(2026, 12, 28)


@given(DAYS)
def test_validity_is_the_later_of_90_days_and_three_months(day):
    last = last_day_before(validity(from_day=day, days=90, months=3))

    assert timedelta(days=90) <= last - day <= timedelta(days=92)


def test_the_desk_opens_next_on_monday_when_it_is_friday_evening():
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=HELSINKI)

    assert next_opening(friday, desk=default_office()) == datetime(2026, 11, 30, 9, 0, tzinfo=HELSINKI)


@pytest.mark.parametrize("holiday", [date(2026, 12, 25), date(2027, 1, 6), date(2027, 5, 6)])
def test_the_desk_is_closed_on_public_holidays(holiday):
    assert not office_is_open(holiday)
