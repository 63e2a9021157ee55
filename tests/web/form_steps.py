"""Fills in an application through its pages."""

import re

from tests.cast import CastMember
from tests.web.browser import Browser, text_of

MAIN = (
    ("kind", {"kind": "ordinary", "language": "en"}),
    ("name", None),
    ("identity-code", None),
    ("background", {"citizenship": "FI"}),
    ("municipality", {"home_municipality": "091"}),
    ("address", {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"}),
    ("contact", None),
    ("income", {"income_source": "wages", "gross_income": "2350"}),
    ("wealth", {}),
)
HOUSEHOLD = (
    ("expecting", {}),
    ("home", {"tenure": "rented-other"}),
    ("home-more", {}),
    ("need", {"reasons": "crowded"}),
    ("wishes", {"rooms_first": "2", "highest_rent": "900"}),
    ("areas", {"areas": "whole-city"}),
    ("assurance", {"facts_are_true": "on", "will_keep_current": "on"}),
)


def begin(browser: Browser) -> None:
    browser.post("application/")


def fill_in(browser: Browser, main: CastMember, *others: CastMember) -> None:
    """Fill in all pages, up to the check of the answers."""
    begin(browser)
    about_main = {
        "name": {"last_name": main.last_name, "first_names": main.first_names},
        "identity-code": {"hetu": main.hetu},
        "contact": {"email": main.email, "contact_language": "en"},
    }
    for step, answers in MAIN:
        browser.post(f"application/{step}/", **(about_main[step] if answers is None else answers))
    for other in others:
        add_co_applicant(browser, other)
    for step, answers in HOUSEHOLD:
        browser.post(f"application/{step}/", **answers)


def add_co_applicant(browser: Browser, other: CastMember) -> str:
    """Name a co-applicant; return the folder of their pages."""
    folder = re.sub(r"name/$", "", browser.post("application/co-applicants/")["Location"])
    browser.post(f"{folder}name/", last_name=other.last_name, first_names=other.first_names)
    browser.post(f"{folder}identity-code/", hetu=other.hetu)
    browser.post(f"{folder}contact/", email=other.email, contact_language="en")
    return folder


def send(browser: Browser) -> str:
    """Send the application; return the reference."""
    browser.get("application/check/")
    browser.send("application/send/")
    found = re.search(r"H-\d\d-\w{4}-\w\w", text_of(browser.get("application/sent/")))
    assert found
    return found.group()
