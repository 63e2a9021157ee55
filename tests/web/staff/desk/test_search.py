"""Searches that find nothing: a faulty code or zone is not treated as a name."""

from html import unescape

import pytest

from kanssa.evidence.models import Event
from tests.cast import AINO, CastMember, sent
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import at_the_desk, searched, zone_of

pytestmark = pytest.mark.django_db

ZONE = zone_of(AINO)
FIRST, SECOND = ZONE.splitlines()
NO_SUCH = "This looks like a code, and no application is found by it. Check each character."
NO_ZONE = "This looks like a machine-readable zone, but it cannot be read."
NOT_WHOLE = f"{NO_ZONE} This is not a complete zone: it has two lines of 44 or 36 characters, or three of 30."

HYPHENED = CastMember("Mäki-Östberg", "Anna Liisa", "050688-905Y", "anna@example.com")
TOGETHER = CastMember("Mäkiöstberg", "Annaliisa", "050688-905Y", "anna@example.com")


@pytest.fixture
def desk(browser) -> Browser:
    """Return the browser of a clerk who has declared who they are."""
    return at_the_desk(browser)


def refused_search(desk: Browser, typed: str) -> str:
    """Search in vain; return the text of the page, which keeps the input."""
    page = searched(desk, typed=typed, reason="visit")
    assert page.status_code == 422
    in_a_line = " ".join(typed.splitlines())
    assert f'value="{in_a_line}"' in unescape(page.content.decode())
    assert not Event.objects.filter(kind="searched").exists()
    return text_of(page)


@pytest.mark.parametrize(
    "typed", ["H-26-2222-22", "h26222222", "H-26-ABO0-1I", "H-26-AB", "K7M 2PX", "26ABCDXY"]
)
def test_a_code_that_finds_nothing_is_reported_as_a_code(desk, typed):
    sent(AINO)

    assert NO_SUCH in refused_search(desk, typed)
    assert Event.objects.get(kind="refused").facts["code"] == "search-nothing-by-code"


def test_a_mistyped_identity_code_is_reported_as_one(desk):
    page = refused_search(desk, "140288-900D")

    assert "This looks like an identity code, but a character in it is wrong." in page


@pytest.mark.parametrize("typed", ["31.2.1990", "Korhonen 14.2.88"])
def test_an_invalid_date_is_reported_as_one(desk, typed):
    assert "Write the date as day, month and year, for example 31.12.1990." in refused_search(desk, typed)


@pytest.mark.parametrize("born", ["14.2.1988", "14/2/1988", "14-2-1988", "1988-02-14"])
def test_a_birth_date_is_understood_in_everyday_forms(desk, born):
    reference = sent(AINO).reference

    page = searched(desk, typed=f"Korhonen {born}", reason="visit")

    assert reference in text_of(page)


@pytest.mark.parametrize(
    "typed",
    [
        FIRST[:-1],
        SECOND,
        ZONE[:-1],
        SECOND.replace("<", ";"),
        "L898902C36UTO7408122F1204159ZE184226B1ZE10",
    ],
)
def test_an_incomplete_zone_is_reported_as_one(desk, typed):
    assert NOT_WHOLE in refused_search(desk, typed)


def test_a_zone_with_a_wrong_check_digit_is_reported_by_line_and_part(desk):
    page = refused_search(desk, ZONE.replace("880214", "880215"))

    assert f"{NO_ZONE} The check digit does not match in line 2: the date of birth." in page


def test_a_zone_without_name_and_birth_date_finds_no_application(desk):
    application = sent(AINO)
    nameless = zone_of(CastMember("<", "<", AINO.hetu, ""), born="<<<<<<")

    page = refused_search(desk, nameless)

    assert application.reference not in page


def test_an_unknown_name_finds_no_application(desk):
    sent(AINO)

    page = searched(desk, typed="Virtanen", reason="visit")

    assert page.status_code == 200
    assert "No one was found." in text_of(page)


@pytest.mark.parametrize("who", [HYPHENED, TOGETHER])
@pytest.mark.parametrize(
    "typed",
    [
        "Mäkiöstberg",
        "Mäki-Östberg",
        "makiostberg",
        "Mäki Östberg",
        "MAEKIOESTBERG",
        "Annaliisa",
        "Anna-Liisa Mäkiöstberg",
    ],
)
def test_a_name_is_found_with_or_without_its_hyphen(desk, who, typed):
    application = sent(who)

    assert application.reference in text_of(searched(desk, typed=typed, reason="visit"))


def test_a_zone_finds_a_name_written_together_on_the_application(desk):
    application = sent(TOGETHER)
    zone = zone_of(CastMember("MAEKI<OESTBERG", "ANNA LIISA", TOGETHER.hetu, ""), born="880605")

    assert application.reference in text_of(searched(desk, typed=zone, reason="visit"))


@pytest.mark.parametrize("typed", [FIRST, FIRST.lower().replace("<", ";")])
def test_the_first_line_of_a_zone_alone_finds_the_application(desk, typed):
    application = sent(AINO)

    assert application.reference in text_of(searched(desk, typed=typed, reason="visit"))


def test_words_that_are_not_adjacent_are_not_joined(desk):
    application = sent(CastMember("Mäki", "Liisa Anna", "050688-905Y", "anna@example.com"))

    assert application.reference not in text_of(searched(desk, typed="Annaliisa", reason="visit"))
