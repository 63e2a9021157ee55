from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanssa.values.mrz import NotAnMrz, check_digit, names_of_first_line, parse_mrz

TODAY = date(2012, 1, 1)
# The specimens of ICAO Doc 9303, parts 4 (TD3), 5 (TD1) and 6 (TD2).
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
SPECIMENS = {"TD1": (TD1, "D23145890"), "TD2": (TD2, "D23145890"), "TD3": (TD3, "L898902C3")}


@pytest.mark.parametrize(("shape", "specimen", "number"), [(k, *v) for k, v in SPECIMENS.items()])
def test_the_specimens_of_the_standard_are_read(shape, specimen, number):
    read = parse_mrz(specimen, today=TODAY)

    assert read.format == shape
    assert (read.last_name, read.first_names) == ("ERIKSSON", "ANNA MARIA")
    assert (read.issuer, read.nationality, read.number) == ("UTO", "UTO", number)
    assert (read.born, read.expires) == (date(1974, 8, 12), date(2012, 4, 15))


@pytest.mark.parametrize("specimen", [TD1, TD2, TD3])
def test_changes_that_readers_make_to_the_lines_are_accepted(specimen):
    sent = specimen.replace("\n", "").lower().replace("<", ";")

    assert parse_mrz(f"  {sent}\r\n", today=TODAY) == parse_mrz(specimen, today=TODAY)


def test_a_document_number_over_nine_characters_continues_in_the_optional_part():
    number, more = "D23145890", "7349"
    digit = check_digit(number + more)
    first = f"I<UTO{number}<{more}{digit}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    zone = f"{first}\n{second}{composite}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"

    assert parse_mrz(zone, today=TODAY).number == "D231458907349"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (TD3.splitlines()[0], ("ERIKSSON", "ANNA MARIA")),
        (TD2.splitlines()[0].lower().replace("<", ";"), ("ERIKSSON", "ANNA MARIA")),
        ("P<D<<MUELLER<LUEDENSCHEIDT<<HANS".ljust(44, "<"), ("MUELLER LUEDENSCHEIDT", "HANS")),
        ("P<UTOARKFREITH".ljust(44, "<"), ("ARKFREITH", "")),
        (TD3.splitlines()[1], None),
        (TD2.splitlines()[1], None),
        (TD1.splitlines()[0], None),
        (TD3.splitlines()[0][:-1], None),
        (TD3, None),
        ("P<UTO".ljust(44, "<"), None),
        ("<" * 44, None),
        ("", None),
    ],
)
def test_the_first_line_of_a_passport_alone_gives_the_names(line, names):
    assert names_of_first_line(line) == names


@pytest.mark.parametrize(
    ("wrong", "line", "part"),
    [
        (TD3.replace("L898902C36", "L898902C35"), 2, "number"),
        (TD3.replace("7408122F", "7408123F"), 2, "born"),
        (TD3.replace("1204159", "1204150"), 2, "expires"),
        (TD3.replace("<<<<<10", "<<<<<20"), 2, "personal"),
        (TD3[:-1] + "1", 2, "all"),
        (TD1.replace("D231458907", "D231458906"), 1, "number"),
        (TD2[:-1] + "7", 2, "all"),
    ],
)
def test_a_wrong_check_digit_points_to_its_line_and_part(wrong, line, part):
    with pytest.raises(NotAnMrz) as refused:
        parse_mrz(wrong, today=TODAY)

    assert (refused.value.why, refused.value.line, refused.value.part) == ("check", line, part)


@pytest.mark.parametrize("typed", ["", "P<UTO", TD3 + "<", TD3.replace("ANNA", "ÄNNA"), TD3[:-2], "<" * 89])
def test_a_text_without_the_shape_of_a_zone_is_refused(typed):
    with pytest.raises(NotAnMrz, match="shape"):
        parse_mrz(typed, today=TODAY)


def test_an_unknown_birth_day_is_none():
    second = "L898902C36UTO7408<<"
    digit = check_digit("7408<<")
    rest = f"{digit}F1204159ZE184226B<<<<<1"
    line = second + rest
    zone = TD3.splitlines()[0] + "\n" + line + check_digit(line[0:10] + line[13:20] + line[21:43])

    assert parse_mrz(zone, today=TODAY).born is None


@pytest.mark.parametrize(("digits", "born"), [("120101", date(2012, 1, 1)), ("120102", date(1912, 1, 2))])
def test_a_birth_date_lies_in_the_past(digits, born):
    assert parse_mrz(zone_of(born=digits), today=TODAY).born == born


def zone_of(*, shape="TD3", number="L898902C3", born="740812", expires="200415", names="ERIKSSON<<ANNA"):
    """Build a correct zone."""
    dated = f"{born}{check_digit(born)}", f"{expires}{check_digit(expires)}"
    numbered = f"{number}{check_digit(number)}"
    if shape == "TD1":
        first = f"I<UTO{numbered}".ljust(30, "<")
        second = f"{dated[0]}F{dated[1]}UTO".ljust(29, "<")
        composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
        return f"{first}\n{second}{composite}\n{names.ljust(30, '<')}"
    width = 44 if shape == "TD3" else 36
    second = f"{numbered}UTO{dated[0]}F{dated[1]}".ljust(width - 1, "<")
    if shape == "TD3":
        second = second[:42] + check_digit(second[28:42])
    composite = check_digit(second[0:10] + second[13:20] + second[21:])
    return f"P<UTO{names}".ljust(width, "<") + f"\n{second}{composite}"


SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
DIGITS = st.dates(date(2012, 1, 2), date(2041, 12, 31)).map(lambda day: f"{day:%y%m%d}")
ZONES = st.builds(
    zone_of,
    shape=st.sampled_from(["TD1", "TD2", "TD3"]),
    number=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=9, max_size=9),
    born=st.dates(date(1913, 1, 1), date(2011, 12, 31)).map(lambda day: f"{day:%y%m%d}"),
    expires=DIGITS,
)


@settings(max_examples=300)
@given(ZONES, st.integers(0, len(SIGNS)))
def test_every_detectable_change_of_one_character_is_detected(zone, turn):
    """A check digit detects a change of a covered character by its value modulo 10: A is like 0 or K.

    Each covered character of 300 zones is changed, which makes over 10,000 changes.
    """
    accepted = []
    for index in covered(zone):
        sign = SIGNS[(index + turn) % len(SIGNS)]
        changed = zone[:index] + sign + zone[index + 1 :]
        if value(sign) % 10 != value(zone[index]) % 10 and is_accepted(changed):
            accepted.append(changed)

    assert accepted == []


def is_accepted(zone):
    try:
        return parse_mrz(zone, today=TODAY) is not None
    except NotAnMrz:
        return False


def covered(zone):
    """Return the positions in a zone that a check digit covers, or that are one."""
    lines = zone.splitlines()
    if len(lines) == 3:
        second = len(lines[0]) + 1
        return {*range(5, 30)} | {second + at for at in (*range(7), *range(8, 15), *range(18, 30))}
    second = len(lines[0]) + 1
    last = len(lines[1])
    return {second + at for at in (*range(10), *range(13, 20), *range(21, last))}


def value(sign):
    return 0 if sign == "<" else int(sign, 36)
