"""Dates as people write them; a text that could mean two days is refused."""

from datetime import date, timedelta

import pytest

from kanssa.values.typed_date import NotADate, read_date


@pytest.mark.parametrize(
    "typed",
    [
        "1.2.1980",
        "01.02.1980",
        "1. 2. 1980",
        "1 . 2 . 1980",
        "1.2.1980.",
        "1/2/1980",
        "01/02/1980",
        "1-2-1980",
        "1 2 1980",
        "1980-02-01",
        "1980-2-1",
        "1980/02/01",
        "1980.02.01",
        "01021980",
        "19800201",
        "1. helmikuuta 1980",
        "1.helmikuuta 1980",
        "1 helmikuu 1980",
        "helmikuun 1. päivä 1980",
        "1. HELMIKUUTA 1980",
        "1 februari 1980",
        "den 1 februari 1980",
        "den 1:a februari 1980",
        "1 feb 1980",
        "1 feb. 1980",
        "1 February 1980",
        "1st February 1980",
        "1st of February 1980",
        "February 1, 1980",
        "Feb 1 1980",
    ],
)
def test_everyday_ways_of_writing_a_day_are_read(typed):
    assert read_date(typed) == date(1980, 2, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1980",
        "1.2.80",
        "010280",
        "1.2.",
        "2/13/1980",
        "12/31/1990",
        "31.2.1980",
        "0.1.1980",
        "1.2/1980",
        "1,2,1980",
        "1.2.19800",
        "1.2.0080",
        "1. brumaire 1980",
        "99999999",
        "00000000",
        "huomenna",
        "1.2.1980 1.2.1980",
    ],
)
def test_an_impossible_or_ambiguous_day_is_refused(typed):
    with pytest.raises(NotADate):
        read_date(typed)


def test_eight_digits_are_never_read_in_two_ways():
    for days in range(0, 365 * 300, 17):
        day = date(1890, 1, 1) + timedelta(days=days)
        assert read_date(f"{day:%d%m%Y}") == read_date(f"{day:%Y%m%d}") == day
