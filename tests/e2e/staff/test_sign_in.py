"""Staff sign in through the city's single sign-on, and with a password and an authenticator."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.journeys import Visit
from tests.e2e.scanner import scanned
from tests.e2e.stack import ROOT, Stack
from tests.staff import PASSWORD, code_of

pytestmark = pytest.mark.e2e

STAFF = {"fi": "/henkilosto/", "sv": "/personal/", "en": "/staff/"}
BEGIN = {"fi": "/henkilosto/aloita/", "sv": "/personal/borja/"}
SIGN_ON = {
    "fi": "Kaupungin kertakirjautuminen",
    "sv": "Stadens samlade inloggning",
    "en": "The city’s single sign-on",
}


def command(stack: Stack, *words: str) -> str:
    """Run `kanssa.manage staff` as the demo's operator; return its output."""
    done = subprocess.run(
        [sys.executable, "-m", "kanssa.manage", "staff", *words],
        cwd=ROOT,
        env=stack.child("kanssa.manage", "worker").environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def to_the_sign_on(visit: Visit) -> None:
    visit.open(STAFF[visit.language])
    visit.picture("sign-in")
    visit.press(SIGN_ON[visit.language])
    expect(visit.page).to_have_url(re.compile(re.escape(visit.broker)))
    visit.picture("single-sign-on")


def sign_on(visit: Visit, key: str) -> None:
    to_the_sign_on(visit)
    visit.page.locator(f"button[name=person][value={key}]").click()


@pytest.mark.parametrize(("language", "width"), [("fi", 1280), ("sv", 320), ("en", 1280)])
def test_a_supervisor_signs_in_by_the_single_sign_on_and_out_again(
    arrive: Arrive, language: str, width: int
) -> None:
    visit = arrive(language=language, width=width)

    sign_on(visit, "valma")

    assert visit.heading == visit.said("Staff")
    assert "Valma Valo" in visit.text
    assert visit.said("Supervisor") in visit.text
    assert "code=" not in visit.page.url
    visit.picture("start")
    visit.press(visit.said("See the staff members"))
    assert visit.heading == visit.said("Staff members")
    assert "Valma Valo" in visit.text
    visit.picture("people")
    visit.page.locator(".identified button").click()
    assert visit.heading == visit.said("You are signed out")
    visit.picture("signed-out")
    visit.back()
    visit.page.reload()
    assert "Valma" not in visit.text


def test_a_clerk_cannot_see_the_supervisors_page(arrive: Arrive) -> None:
    visit = arrive()
    sign_on(visit, "saga")
    assert "Saga Salonen" in visit.text
    assert visit.said("See the staff members") not in visit.text
    visit.picture("start-of-a-clerk")

    visit.open("/henkilosto/henkilot/")

    assert visit.heading == visit.said("There is no page at this address.")


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_failures_at_the_single_sign_on_lead_back_to_signing_in(arrive: Arrive, language: str) -> None:
    visit = arrive(language=language, width=320 if language == "sv" else 1280)
    failed = "Signing in through the city’s single sign-on did not succeed. Start again."

    sign_on(visit, "nella")
    assert visit.heading == visit.said("You have no role in this service.")
    visit.picture("no-role")
    visit.press(visit.said("Sign in as staff"))
    to_the_sign_on(visit)
    visit.page.locator("button[value=cancel]").click()
    assert visit.heading == visit.said("You stopped signing in.")
    visit.picture("cancelled")
    with visit.awaiting(400):
        to_the_sign_on(visit)
        visit.page.locator("details summary").click()
        visit.page.locator("input[value=weak]").check()
        visit.page.locator("button[name=person][value=saga]").click()
        assert visit.heading == visit.said(failed)
        visit.picture("failed")


def begin_account(visit: Visit, token: str) -> tuple[str, str, str]:
    """Choose a password and set up the authenticator; return its secret, a used code, a recovery code."""
    visit.open(f"{BEGIN[visit.language]}{token}/")
    visit.picture("choose-password")
    give(visit, password="short", again="shorter")
    visit.picture("password-with-faults")
    give(visit, password=PASSWORD, again=PASSWORD)
    assert visit.heading == visit.said("Set up the authenticator")
    visit.picture("authenticator")
    secret = visit.page.locator("main strong.code").inner_text().replace(" ", "")
    assert f"secret={secret}&" in f"{scanned(visit.page.locator('img.qr'))}&"
    give(visit, code="1234")
    visit.picture("authenticator-with-a-fault")
    used = code_of(secret, datetime.now(UTC))
    give(visit, code=used)
    assert visit.heading == visit.said("Keep the recovery codes")
    visit.picture("recovery-codes")
    recovery = visit.page.locator(".codes li").first.inner_text()
    visit.press(visit.said("I have kept them"))
    return secret, used, recovery


def give(visit: Visit, **answers: str) -> None:
    """Fill in the fields and press the form's button."""
    for name, value in answers.items():
        visit.page.locator(f"input[name={name}]").fill(value)
    visit.submit()
    visit.page.wait_for_load_state()


@pytest.mark.parametrize(("language", "width"), [("fi", 1280), ("sv", 320)])
def test_a_local_account_is_set_up_signs_in_and_is_closed(
    arrive: Arrive, stack: Stack, language: str, width: int
) -> None:
    email = f"tuulikki-{language}@example.com"
    output = command(stack, "create", email, "--name", "Tuulikki Tamm", "--role", "clerk")
    token = re.search(r"/aloita/([\w-]+)/", output)
    assert token
    first = arrive("begin", language=language, width=width)
    secret, used, recovery = begin_account(first, token[1])
    assert "Tuulikki Tamm" in first.text
    first.picture("start")

    # In another browser: the password, then a code that was not used before.
    other = arrive("again", language=language, width=width)
    other.open(STAFF[language])
    give(other, email=email, password="wrong wrong wrong")
    assert other.said("The e-mail address or the password is wrong.") in other.text
    other.picture("wrong-password")
    give(other, password=PASSWORD)
    assert other.heading == other.said("Type the code")
    other.picture("code")
    give(other, code=used)
    other.picture("code-used")
    # A phone whose clock is fast shows the next period's code already.
    following = code_of(secret, datetime.now(UTC) + timedelta(seconds=30))
    give(other, code=following if language == "fi" else recovery)
    assert "Tuulikki Tamm" in other.text

    # Closing the account signs out both browsers at once.
    command(stack, "close", email)
    for each in (first, other):
        each.open(STAFF[language])
        assert each.heading == each.said("Sign in as staff")
        assert "Tuulikki" not in each.text


def test_applicants_pages_do_not_link_to_the_staff_pages(arrive: Arrive) -> None:
    visit = arrive()

    for address in ("/", "/ohjeet/", "/yhteystiedot/", "/asiointi/kirjaudu/"):
        visit.open(address)
        assert "henkilosto" not in visit.page.content()
