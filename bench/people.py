"""People who do not exist, as many as a measuring needs, and what they apply with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from kanssa.applications.content.content import Content

_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FIRST_TEST_NUMBER, _TEST_NUMBERS = 900, 100
_EARLIEST = date(1950, 1, 1)
_LAST_NAMES = ("Korhonen", "Virtanen", "Mäkinen", "Nieminen", "Lindqvist", "Åkerblom", "Ruusukallio")
_FIRST_NAMES = ("Aino Inkeri", "Eino Ensio", "Saga Maria", "Väinö", "Linnea Ottilia", "Onni Oskari")


@dataclass(frozen=True, slots=True)
class TestPerson:
    """As they type themselves, and as the bank knows them."""

    last_name: str
    first_names: str
    hetu: str
    email: str


def make_person(number: int) -> TestPerson:
    """Make the person of this number: another code for each, of those that are for tests."""
    return TestPerson(
        last_name=_LAST_NAMES[number % len(_LAST_NAMES)],
        first_names=_FIRST_NAMES[number % len(_FIRST_NAMES)],
        hetu=_test_code(number),
        email=f"somebody-{number}@example.com",
    )


def application_of(applicant: TestPerson) -> Content:
    """What somebody fills in who applies alone."""
    return Content(
        application={
            "kind": "ordinary",
            "language": "fi",
            "facts_are_true": True,
            "will_keep_current": True,
        },
        home={"tenure": "rented-other", "rooms": "1", "people": 1},
        need={"reasons": ["crowded"]},
        wishes={"rooms_first": "2", "rooms_second": "3", "highest_rent": 950, "areas": ["whole-city"]},
        expecting={},
        adults={uuid4(): _answers(applicant)},
    )


def _answers(applicant: TestPerson) -> dict[str, Any]:
    return {
        "last_name": applicant.last_name,
        "first_names": applicant.first_names,
        "hetu": applicant.hetu,
        "email": applicant.email,
        "citizenship": "FI",
        "home_municipality": "091",
        "contact_language": "fi",
        "street_address": "Kaikukatu 3 A 5",
        "postcode": "00530",
        "city": "Helsinki",
        "income_source": "wages",
        "gross_income": 2350,
    }


def _test_code(number: int) -> str:
    day, individual = divmod(number, _TEST_NUMBERS)
    born = f"{_EARLIEST + timedelta(days=day):%d%m%y}"
    digits = f"{_FIRST_TEST_NUMBER + individual}"
    return f"{born}-{digits}{_CHECK_CHARACTERS[int(born + digits) % len(_CHECK_CHARACTERS)]}"
