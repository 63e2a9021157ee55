"""The pages that two adults go through, in Finnish, and those of one adult who confirms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from bench.browser import Ask, Browser, WrongAnswer

DETAILS = (
    {"citizenship": "FI"},
    {"home_municipality": "091"},
    {"street_address": "Kaikukatu 3 A 5", "postcode": "00530", "city": "Helsinki"},
)
_MONEY: tuple[Mapping[str, str], ...] = ({"income_source": "wages", "gross_income": "2350"}, {})
_HOUSEHOLD: tuple[Mapping[str, str], ...] = (
    {},
    {"tenure": "rented-other"},
    {},
    {"reasons": "crowded"},
    {"rooms_first": "2", "highest_rent": "950"},
    {"areas": "whole-city"},
    {"facts_are_true": "on", "will_keep_current": "on"},
)
_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_NAMES = (("Korhonen", "Aino Inkeri"), ("Åkerblom", "Linnea Ottilia"), ("Mäkinen", "Väinö"))
_NUMBERS = count()

# Gives the link of the invitation that was mailed to an address.
FindLink = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Adult:
    """A person who does not exist, as they type themselves and as the bank knows them."""

    last_name: str
    first_names: str
    hetu: str
    email: str

    @property
    def names(self) -> dict[str, str]:
        return {"last_name": self.last_name, "first_names": self.first_names}

    @property
    def contact(self) -> dict[str, str]:
        return {"email": self.email, "contact_language": "fi"}


def make_person() -> Adult:
    number = next(_NUMBERS)
    day, individual = divmod(number, 100)
    born, digits = f"{date(1950, 1, 1) + timedelta(days=day):%d%m%y}", f"{900 + individual}"
    check = _CHECK_CHARACTERS[int(born + digits) % len(_CHECK_CHARACTERS)]
    return Adult(*_NAMES[number % len(_NAMES)], f"{born}-{digits}{check}", f"adult-{number}@example.com")


class Journey:
    """One household's way. Each step raises WrongAnswer when another page comes than the expected one.

    Without `people` it is played by two new ones.
    """

    def __init__(self, service: str, ask: Ask, find_link: FindLink, *people: Adult) -> None:
        self.main, self.other = people or (make_person(), make_person())
        self.main_browser, self.other_browser = Browser(service, ask), Browser(service, ask)
        self._find_link, self._reference = find_link, ""

    def fill_in_and_send(self) -> None:
        at, main, other = self.main_browser, self.main, self.other
        at.open("/fi/")
        at.press("Täytä hakemus")
        at.fill_in({}, {"kind": "ordinary", "language": "fi"}, main.names, {"hetu": main.hetu})
        at.fill_in(*DETAILS, main.contact, *_MONEY)
        at.press("Lisää kanssahakija")
        at.fill_in(other.names, {"hetu": other.hetu}, other.contact)
        at.press("Jatka")
        at.press("Jatka")
        at.fill_in(*_HOUSEHOLD)
        at.press("Lähetä hakemus")
        self._reference = next(word for word in at.text.split() if word.startswith("H-")).strip(".,")

    def main_identifies(self) -> None:
        self.main_browser.press("Siirry vahvistamaan hakemus")
        identify(self.main_browser, self.main)

    def main_confirms(self) -> None:
        choose(self.main_browser, self._reference)
        confirm(self.main_browser, self._reference)

    def other_identifies(self) -> None:
        self.other_browser.open(self._find_link(self.other.email))
        self.other_browser.press("Siirry vahvistamaan hakemus")
        identify(self.other_browser, self.other)

    def other_confirms(self) -> None:
        choose(self.other_browser, self._reference)
        self.other_browser.press("Täydennä omat tietosi")
        self.other_browser.fill_in(*DETAILS, {}, *_MONEY)
        confirm(self.other_browser, self._reference)

    def both_read_status(self) -> None:
        for at in (self.main_browser, self.other_browser):
            at.press("Katso hakemuksen tila")
            at.expect("Hakemus on voimassa")


# The name of each part, its step, and how many mails follow it.
PHASES: tuple[tuple[str, Callable[[Journey], None], int], ...] = (
    ("Fill in the application and send it", Journey.fill_in_and_send, 1),
    ("Main applicant identifies", Journey.main_identifies, 1),
    ("Main applicant confirms", Journey.main_confirms, 0),
    ("Co-applicant identifies", Journey.other_identifies, 0),
    ("Co-applicant completes own details and confirms", Journey.other_confirms, 2),
    ("Both read the status page", Journey.both_read_status, 0),
)


def confirm_alone(at: Browser, begin_at: str, who: Adult, reference: str) -> None:
    at.open(begin_at)
    identify(at, who)
    choose(at, reference)
    confirm(at, reference)
    at.expect("Hakemus on voimassa")


def identify(at: Browser, who: Adult) -> None:
    at.press("Hyväksy evästeet")
    at.press("Jatka tunnistautumiseen")
    at.press("Kirjaudu sisään pankkitunnuksilla")
    at.expect("Kuka olet?")
    at.fill_in({**who.names, "hetu": who.hetu, "person": "typed"})
    at.expect("Käyttöehdot")


def choose(at: Browser, reference: str) -> None:
    at.press("Hyväksy")
    at.press(reference)
    at.expect("Tarkista hakemus")


def confirm(at: Browser, reference: str) -> None:
    at.press("Vahvista hakemus")
    if reference not in at.text:
        raise WrongAnswer(f"{at.url} does not name {reference}")
