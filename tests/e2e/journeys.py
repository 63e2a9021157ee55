"""What people do on the pages, in their language; the labels that the city's instructions name are literal."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.cast import Role

# DOMAIN, The seed, step by step: people are told to look for exactly these.
LABELS = {
    "fi": {
        "go_on": "Siirry vahvistamaan hakemus",
        "accept_cookies": "Hyväksy evästeet",
        "to_identification": "Jatka tunnistautumiseen",
        "bank": "Kirjaudu sisään pankkitunnuksilla",
        "accept": "Hyväksy",
        "confirm": "Vahvista hakemus",
        "log_in": "Kirjaudu sähköiseen asiointiin",
    },
    "sv": {
        "go_on": "Gå till att bekräfta ansökan",
        "accept_cookies": "Godkänn kakor",
        "to_identification": "Fortsätt till identifieringen",
        "bank": "Logga in med nätbankskoder",
        "accept": "Godkänn",
        "confirm": "Bekräfta ansökan",
        "log_in": "Logga in i e-tjänsten",
    },
    "en": {
        "go_on": "Go on to confirm the application",
        "accept_cookies": "Accept cookies",
        "to_identification": "Continue to identification",
        "bank": "Log in with online banking credentials",
        "accept": "Accept",
        "confirm": "Confirm the application",
        "log_in": "Log in to the e-service",
    },
}

PERSON_STEPS = (
    {"citizenship": "FI"},
    {"home_municipality": "091"},
    {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"},
)
MONEY_STEPS = ({"income_source": "wages", "gross_income": "2350"}, {})
HOUSEHOLD_STEPS = (
    {},
    {"tenure": "rented-other"},
    {},
    {"reasons": "crowded"},
    {"rooms_first": "2", "highest_rent": "900"},
    {"areas": "whole-city"},
    {"facts_are_true": "on", "will_keep_current": "on"},
)


@dataclass
class Visit:
    """Somebody at a browser: the page they look at, their language, and where pictures go."""

    page: Page
    base_url: str
    language: str = "fi"
    album: Path | None = None
    prefix: str = ""
    _count: int = 0

    @property
    def labels(self) -> dict[str, str]:
        return LABELS[self.language]

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.base_url}/{self.language}{path}")

    def picture(self, name: str) -> None:
        """Keep what the page looks like."""
        if self.album is not None:
            self._count += 1
            self.page.screenshot(
                path=self.album / f"{self.prefix}{self._count:02}-{name}.png", full_page=True
            )

    def press(self, label: str) -> None:
        """Press the button or the link of this name."""
        control = (
            self.page.locator("main")
            .get_by_role("button", name=label, exact=False)
            .or_(self.page.locator("main").get_by_role("link", name=label, exact=False))
        )
        control.first.click()

    def fill(self, answers: dict[str, str]) -> None:
        """Fill in the fields of a page by their names, and continue."""
        for name, value in answers.items():
            _answer(self.page, name, value)
        self.picture("filled-" + (next(iter(answers), "") or "empty"))
        self.submit()

    def submit(self) -> None:
        """Press the page's own form's button."""
        self.page.locator("main form.form button").last.click()

    def apply(self, main: Role, *others: Role) -> str:
        """Fill in and send an application; gives the reference."""
        self.open("/")
        self.picture("front")
        self.open(APPLY[self.language])
        self.picture("before-you-begin")
        self.submit()
        for answers in (
            {"kind": "ordinary", "language": self.language},
            {"last_name": main.last_name, "first_names": main.first_names},
            {"hetu": main.hetu},
            *PERSON_STEPS,
            {"email": main.email, "contact_language": self.language},
            *MONEY_STEPS,
        ):
            self.fill(answers)
        for other in others:
            self._add_co_applicant(other)
        self.picture("co-applicants")
        self.page.locator("main div.buttons a").last.click()
        self.picture("residents")
        self.page.locator("main div.buttons a").last.click()
        for answers in HOUSEHOLD_STEPS:
            self.fill(answers)
        self.picture("check-your-answers")
        self.page.locator("main form.post-button button").last.click()
        self.picture("sent")
        return self.reference()

    def _add_co_applicant(self, other: Role) -> None:
        self.page.locator("main form.post-button button").last.click()
        self.fill({"last_name": other.last_name, "first_names": other.first_names})
        self.fill({"hetu": other.hetu})
        self.fill({"email": other.email, "contact_language": self.language})

    def reference(self) -> str:
        found = re.search(r"H-\d\d-\w{4}-\w\w", self.page.locator("main").inner_text())
        assert found, self.page.locator("main").inner_text()
        return found.group()

    def accept_cookies(self) -> None:
        self.picture("cookies")
        self.press(self.labels["accept_cookies"])
        self.picture("cookies-accepted")
        self.press(self.labels["to_identification"])

    def identify(self, key: str, *, trouble: str = "") -> None:
        """Choose the bank's way and be somebody at the rehearsal broker."""
        self.picture("choose-method")
        self.press(self.labels["bank"])
        expect(self.page).to_have_url(re.compile("localhost"))
        if trouble:
            self.page.locator("details summary").click()
            self.page.locator(f"input[value={trouble}]").check()
        self.picture("broker")
        self.page.locator(f"button[name=person][value={key}]").click()

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
        """From the review of what is missing, through one's own pages, to the review again."""
        self.picture("review-incomplete")
        self.page.locator("main .notification a").first.click()
        for answers in (*PERSON_STEPS, {}, *MONEY_STEPS):
            self.fill(answers)


APPLY = {"fi": "/hakemus/", "sv": "/ansokan/", "en": "/application/"}


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
