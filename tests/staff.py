"""The city's staff: Saga serves at the desk, Valma supervises, Olavi runs the service."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from kanssa.accounts import second_factor
from kanssa.accounts.staff import StaffMember
from kanssa.usecases.staff.open_staff_account import open_staff_account
from kanssa.values.actor import SYSTEM
from kanssa.values.role import Role
from tests.cast import NOW
from tests.web.browser import Browser, text_of

PASSWORD = "hevonen akkuna kirsikka"
EMAIL = "saga@example.com"


def opened(email: str = EMAIL, *roles: Role, name: str = "Saga Salonen", now: datetime = NOW) -> str:
    """Open a local account; return the start link's token."""
    given = roles or (Role.CLERK,)
    return open_staff_account(email=email, name=name, roles=given, actor=SYSTEM, now=now)


def code_of(secret: str, now: datetime) -> str:
    """Return the code that an authenticator shows at this time."""
    return second_factor._codes(secret).generate(int(now.timestamp())).decode()


def member(*roles: Role, user_id: UUID | None = None) -> StaffMember:
    """Make a signed-in member of staff, for use cases."""
    return StaffMember(uuid4(), user_id or uuid4(), "local", "Saga Salonen", frozenset(roles))


@dataclass
class Account:
    """A local account after its setup, with its second factor."""

    email: str
    secret: str
    recovery_codes: list[str]


def begun(browser: Browser, token: str, *, now: datetime, email: str = EMAIL) -> Account:
    """Choose a password and set up the authenticator, on the pages; the browser is then signed in."""
    browser.post(f"staff/begin/{token}/", password=PASSWORD, again=PASSWORD)
    page = text_of(browser.get("staff/authenticator/"))
    found = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", page)
    assert found, page
    secret = found.group().replace(" ", "")
    answer = browser.post("staff/authenticator/", code=code_of(secret, now))
    codes = re.findall(r"\b(?:[2-9a-z]{4}-){3}[2-9a-z]{4}\b", text_of(answer))
    return Account(email, secret, codes)


def typed_password(browser: Browser, email: str = EMAIL, password: str = PASSWORD):
    """Give the first factor."""
    return browser.post("staff/sign-in/", email=email, password=password)


def signed_in(browser: Browser, account: Account, *, now: datetime):
    """Give both factors."""
    typed_password(browser, account.email)
    return browser.post("staff/code/", code=code_of(account.secret, now))
