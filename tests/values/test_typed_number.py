"""Numbers and money as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanssa.values.typed_number import NotANumber, read_area, read_euros, read_whole


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        *[
            (typed, "2350.50")
            for typed in (
                "2350,50",
                "2350.50",
                "2350,5",
                "2 350,50",
                "2.350,50",
                "2,350.50",
                "2 350:50",
                "2350:50",
                "2350,50 €",
                "€ 2350,50",
                "2350,50 e",
                "2 350,50 eur",
                "2350,50 euroa",
                "2 350 , 50",
                "2'350.50",
            )
        ],
        *[
            (typed, "2350")
            for typed in ("2350", "2 350", "2.350", "2,350", "2350,-", "2350,--", "2350,00", "2350 euro")
        ],
        ("1 234 567,89", "1234567.89"),
        ("1.234.567", "1234567"),
        ("0", "0"),
        ("0,05", "0.05"),
        ("3.50", "3.50"),
    ],
)
def test_money_is_read_in_finnish_swedish_and_english_ways(typed, euros):
    assert read_euros(typed) == Decimal(euros)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "€",
        "-5",
        "paljon",
        "1 000 kr",
        "1e-999999",
        "1e400",
        "NaN",
        "Infinity",
        "23 50",
        "0.350",
        "1234 567",
        "2,350,50",
        "2.350.50",
        "2350,505",
        "1234,567",
        "2.35,00",
        "5,",
        ",5",
        "9" * 13,
        "٣",
        "1 2",
    ],
)
def test_an_unreadable_or_ambiguous_amount_is_refused(typed):
    with pytest.raises(NotANumber):
        read_euros(typed)


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("45", "45"),
        ("45,5", "45.5"),
        ("45.50", "45.5"),
        ("1 250", "1250"),
        ("45 m2", "45"),
        ("45,5 m²", "45.5"),
        ("45 kvm", "45"),
    ],
)
def test_square_metres_have_two_decimals_at_most(typed, area):
    assert read_area(typed) == Decimal(area)


@pytest.mark.parametrize("typed", ["1e-999999", "45,555", "1.250", "NaN", "-1", "", "m2", "1e5", "9" * 13])
def test_other_numbers_are_no_area(typed):
    with pytest.raises(NotANumber):
        read_area(typed)


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("12", 12), ("1 200", 1200), ("007", 7)])
def test_whole_numbers_are_digits_in_groups(typed, number):
    assert read_whole(typed) == number


@pytest.mark.parametrize("typed", ["", "1,5", "1.5", "-1", "1e3", "1 2", "1_000", "9" * 1000])
def test_other_numbers_are_not_whole(typed):
    with pytest.raises(NotANumber):
        read_whole(typed)


@given(st.text(max_size=200))
def test_no_text_reads_as_more_than_twelve_digits(typed):
    for read in (read_euros, read_area, read_whole):
        try:
            number = read(typed)
        except NotANumber:
            continue
        assert 0 <= number < 10**12
        assert len(str(number)) <= 15
