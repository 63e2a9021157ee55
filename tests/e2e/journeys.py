"""The steps that people take on pages, in their language; labels of the city's instructions are literal."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page, expect

from tests.cast import CastMember
from tests.e2e.page_checks import Look
from tests.e2e.printouts import printed
from tests.e2e.ui_texts import said

# DOMAIN, The seed, step by step: people are told to look for exactly these labels.
LABELS = {
    "fi": {
        "go_on": "Siirry vahvistamaan hakemus",
        "accept_cookies": "Hyväksy evästeet",
        "to_identification": "Jatka tunnistautumiseen",
        "bank": "Kirjaudu sisään pankkitunnuksilla",
        "accept": "Hyväksy",
        "confirm": "Vahvista hakemus",
        "log_in": "Kirjaudu sähköiseen asiointiin",
        "create": "Luo tunnus",
        "continue": "Jatka",
    },
    "sv": {
        "go_on": "Gå till att bekräfta ansökan",
        "accept_cookies": "Godkänn kakor",
        "to_identification": "Fortsätt till identifieringen",
        "bank": "Logga in med nätbankskoder",
        "accept": "Godkänn",
        "confirm": "Bekräfta ansökan",
        "log_in": "Logga in i e-tjänsten",
        "create": "Skapa användarnamn",
        "continue": "Fortsätt",
    },
    "en": {
        "go_on": "Go on to confirm the application",
        "accept_cookies": "Accept cookies",
        "to_identification": "Continue to identification",
        "bank": "Log in with online banking credentials",
        "accept": "Accept",
        "confirm": "Confirm the application",
        "log_in": "Log in to the e-service",
        "create": "Create username",
        "continue": "Continue",
    },
}

LANGUAGES = tuple(LABELS)

PERSON_STEPS: tuple[Mapping[str, str], ...] = (
    {"citizenship": "FI"},
    {"home_municipality": "091"},
    {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"},
)
MONEY_STEPS: tuple[Mapping[str, str], ...] = ({"income_source": "wages", "gross_income": "2350"}, {})
HOUSEHOLD_STEPS: tuple[Mapping[str, str], ...] = (
    {},
    {"tenure": "rented-other"},
    {},
    {"reasons": "crowded"},
    {"rooms_first": "2", "highest_rent": "900"},
    {"areas": "whole-city"},
    {"facts_are_true": "on", "will_keep_current": "on"},
)


def steps_of_the_main_applicant(who: CastMember, language: str) -> Iterator[Mapping[str, str]]:
    yield {"kind": "ordinary", "language": language}
    yield {"last_name": who.last_name, "first_names": who.first_names}
    yield {"hetu": who.hetu}
    yield from PERSON_STEPS
    yield how_to_reach(who) | {"contact_language": language}
    yield from MONEY_STEPS


def steps_of_a_co_applicant(who: CastMember, language: str) -> Iterator[Mapping[str, str]]:
    yield {"last_name": who.last_name, "first_names": who.first_names}
    yield {"hetu": who.hetu}
    yield how_to_reach(who) | {"contact_language": language}


def how_to_reach(who: CastMember) -> dict[str, str]:
    """Return an e-mail address, or a telephone number for a person without one."""
    return {"email": who.email} if who.email else {"phone": "040 123 4567"}


APPLY = {"fi": "/hakemus/", "sv": "/ansokan/", "en": "/application/"}
LOG_IN = {"fi": "/asiointi/kirjaudu/", "sv": "/e-tjanst/logga-in/", "en": "/e-service/log-in/"}


@dataclass
class Visit:
    """A person at a browser: the current page, the language, and the folder for pictures.

    `looks` check every page that a picture is made of; a visit that `is_hurried` makes none.
    """

    page: Page
    base_url: str
    broker: str
    album: Path
    language: str = "fi"
    prefix: str = ""
    bank: str = ""
    looks: list[Look] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    awaited_status: int = 200
    is_hurried: bool = False
    _count: int = 0

    @property
    def labels(self) -> dict[str, str]:
        return LABELS[self.language]

    def said(self, sentence: str, **gaps: str) -> str:
        return said(self.language, sentence, **gaps)

    @property
    def is_at_the_service(self) -> bool:
        return self.page.url.startswith(f"{self.base_url}/")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    # Doing

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.base_url}/{self.language}{path}")

    def picture(self, name: str) -> None:
        """Keep a picture of the page, and run the checks of every page on it."""
        if self.is_hurried:
            return
        self._count += 1
        name = f"{self.prefix}{self._count:02}-{name}"
        self.page.screenshot(path=self.album / f"{name}.png", full_page=True)
        for look in self.looks:
            try:
                look(self.page, name)
            except AssertionError as fault:
                # Collect the faults: the journey goes on, and fails at its end with all of them.
                self.faults.append(f"{name}: {fault}")

    def print(self, name: str, *holds: str, pages: int = 1, language: str = "") -> None:
        """Print the page, and check the number of pages and that these words are on them."""
        file = self.album / f"{self.prefix}{name}.pdf"
        try:
            printed(self.page, file, language=language or self.language, pages=pages, holds=holds)
        except AssertionError as fault:
            self.faults.append(str(fault))

    @contextmanager
    def awaiting(self, status: int) -> Iterator[None]:
        """Accept a page with this status."""
        self.awaited_status = status
        yield
        self.awaited_status = 200

    @contextmanager
    def hurrying(self) -> Iterator[None]:
        """Skip the pictures of pages that another journey checks."""
        self.is_hurried = True
        yield
        self.is_hurried = False

    def press(self, label: str) -> None:
        """Press the button or the link with this label."""
        main = self.page.locator("main")
        control = main.get_by_role("button", name=label).or_(main.get_by_role("link", name=label))
        control.first.click()

    def back(self) -> None:
        """Press the browser's Back, again while a busy browser has not yet attached the page."""
        for _ in range(200):
            self.page.wait_for_load_state()
            try:
                self.page.go_back()
            except Error as fault:
                if "Not attached to an active page" not in fault.message:
                    raise
                self.page.wait_for_timeout(50)
            else:
                return
        raise AssertionError(f"{self.page.url} was never put in its place")

    def switch_to(self, language: str) -> None:
        """Choose another language at the top of the page."""
        self.page.locator(f"nav.languages a[hreflang={language}]").click()
        self.language = language

    def fill(self, answers: Mapping[str, str]) -> None:
        """Fill in the fields of a page by their names, and continue."""
        for name, value in answers.items():
            _answer(self.page, name, value)
        self.picture("filled-" + (next(iter(answers), "") or "empty"))
        self.submit()

    def submit(self) -> None:
        """Press the button of the page's own form."""
        self.page.locator("main form.form button").last.click()

    # Applying

    def begin(self) -> None:
        """Go to the first page of the form."""
        self.open(APPLY[self.language])
        self.picture("before-you-begin")
        self.submit()

    def apply(self, main: CastMember, *others: CastMember) -> str:
        """Fill in and send an application; return the reference."""
        self.apply_until_check(main, *others)
        self.press(self.said("Send the application"))
        self.picture("sent")
        return self.reference()

    def apply_until_check(self, main: CastMember, *others: CastMember) -> None:
        """Fill in an application, up to the page to check it."""
        self.open("/")
        self.picture("front")
        self.begin()
        for answers in steps_of_the_main_applicant(main, self.language):
            self.fill(answers)
        self.picture("co-applicants-none")
        for other in others:
            self.add_co_applicant(other)
        self.picture("co-applicants")
        self.page.locator("main div.buttons a").last.click()
        self.picture("residents")
        self.page.locator("main div.buttons a").last.click()
        for answers in HOUSEHOLD_STEPS:
            self.fill(answers)
        self.picture("check-your-answers")

    def add_co_applicant(self, other: CastMember) -> None:
        self.press(self.said("Add a co-applicant"))
        for answers in steps_of_a_co_applicant(other, self.language):
            self.fill(answers)

    def reference(self) -> str:
        found = re.search(r"H-\d\d-\w{4}-\w\w", self.page.locator("main").inner_text())
        assert found, self.page.locator("main").inner_text()
        return found.group()

    # Identifying

    def accept_cookies(self) -> None:
        self.picture("cookies")
        self.press(self.labels["accept_cookies"])
        self.picture("cookies-accepted")
        self.press(self.labels["to_identification"])

    def go_to_the_broker(self) -> dict[str, Any]:
        """Choose the bank's method; return the parameters of the authorization request."""
        self.picture("choose-method")
        with self.page.expect_request(lambda request: request.url.startswith(f"{self.broker}/")) as asked:
            self.press(self.bank or self.labels["bank"])
        expect(self.page).to_have_url(re.compile(re.escape(self.broker)))
        self.picture("broker")
        return _authorization_request(asked.value.url)

    def identify(self, who: CastMember) -> dict[str, Any]:
        """Choose the bank's method and identify there; return the parameters of the authorization request."""
        request = self.go_to_the_broker()
        for name, value in (
            ("last_name", who.last_name),
            ("first_names", who.first_names),
            ("hetu", who.hetu),
        ):
            self.page.locator(f"input[name={name}]").fill(value)
        self.page.locator("button[name=person][value=typed]").click()
        return request

    def identify_at_the_certified_provider(self, login: str) -> dict[str, Any]:
        request = self.go_to_the_broker()
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("button[value=login]").click()
        return request

    def meet_at_the_broker(self, trouble: str) -> None:
        """Choose the bank's method and make it fail."""
        self.go_to_the_broker()
        if trouble == "cancel":
            self.page.locator("button[value=cancel]").click()
            return
        self.page.locator("details summary").click()
        self.page.locator(f"input[value={trouble}]").check()
        self.page.locator("button[name=person][value=otso]").click()

    def log_in(self, who: CastMember) -> None:
        """Identify in order to see the status of the applications."""
        self.open("/")
        self.press(self.labels["log_in"])
        if self.page.locator("nav.languages").count() and self.labels["accept_cookies"] in self.text:
            self.accept_cookies()
        self.identify(who)

    # Confirming

    def accept_terms(self) -> None:
        self.picture("terms")
        self.press(self.labels["accept"])

    def choose(self, reference: str) -> None:
        self.picture("choose-application")
        self.page.locator("main div.buttons a", has_text=reference).click()

    def confirm(self) -> None:
        self.picture("review")
        self.press(self.labels["confirm"])
        self.picture("done")

    def complete_own_details(self) -> None:
        """Go from the review with missing details through the person's own pages and back."""
        self.picture("review-incomplete")
        self.page.locator("main .notification a").first.click()
        for answers in (*PERSON_STEPS, {}, *MONEY_STEPS):
            self.fill(answers)

    def open_invitation(self, link: str) -> None:
        """Open a mailed link, and go on to identification."""
        self.page.goto(link)
        self.picture("invitation")
        self.press(self.labels["go_on"])

    def see_status(self) -> None:
        """Go on from the page after confirming."""
        self.press(self.said("See the status of the application"))
        self.picture("status")

    # Looking

    @property
    def is_valid(self) -> bool:
        """Return whether the page says in large letters that the application is valid."""
        big = self.page.locator(".big-status h1")
        return big.count() == 1 and big.inner_text() == self.said("The application is valid")

    def people(self) -> list[tuple[str, bool]]:
        """Return the other adults' names in page order, each with whether they have confirmed."""
        others = self.page.locator("main section").first.locator(".person")
        return [
            (other.locator(".person-name").inner_text(), other.locator(".pill-done").count() == 1)
            for other in others.all()
        ]


def _authorization_request(address: str) -> dict[str, Any]:
    """Read the parameters of an authorization request, from the query or from a request object."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if "request" not in query:
        return query
    payload = query["request"].split(".")[1]
    return {**query, **json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))}


def _answer(page: Page, name: str, value: str) -> None:
    field: Any = page.locator(f"main [name={name}]").first
    match field.get_attribute("type") or field.evaluate("field => field.tagName"):
        case "radio" | "checkbox":
            chosen = page.locator(f"main [name={name}][value='{value}']")
            if not chosen.is_checked():
                page.locator(f"main label[for='{chosen.get_attribute('id')}']").click()
        case "SELECT":
            field.select_option(value)
        case _:
            field.fill(value)
