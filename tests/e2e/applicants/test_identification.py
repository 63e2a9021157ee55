"""Failures on the way to the broker and back, and the pages that explain them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import ARGUMENTS, Arrive, chromium
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import LOG_IN, Visit
from tests.e2e.stack import Stack
from tests.e2e.two_adults import name_of, send_and_identify

pytestmark = pytest.mark.e2e

CANCELLED = "You stopped the identification. Nothing was confirmed."
FAILED = "The identification did not succeed. Nothing was confirmed."
TOO_WEAK = "The way you identified is not strong enough for this service."
WITHOUT_CODE = "The identification did not tell us your personal identity code."
EXPIRED = "The identification took too long or was already used. Start it again."
OTHER_BROWSER = "The identification was begun in another browser. Start it again here."
UNAVAILABLE = "The identification service does not answer right now."
BLOCKED = "Your browser did not keep this service’s cookies."
TROUBLES = [
    ("cancel", CANCELLED, 200),
    ("weak", TOO_WEAK, 200),
    ("no_code", WITHOUT_CODE, 200),
    ("error", UNAVAILABLE, 503),
    ("expired", FAILED, 502),
    ("nonce", FAILED, 400),
]


def at_the_choice(visit: Visit) -> Visit:
    """Go to the page where the way to identify is chosen."""
    with visit.hurrying():
        visit.open(LOG_IN[visit.language])
        visit.accept_cookies()
    return visit


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_each_failure_at_the_broker_has_a_page_that_leads_on(arrive: Arrive, language: str) -> None:
    visit = at_the_choice(arrive(language=language, width=320 if language == "sv" else 1280))

    for trouble, reason, status in TROUBLES:
        with visit.awaiting(status):
            visit.meet_at_the_broker(trouble)
        assert visit.heading == visit.said(reason)
        visit.picture(trouble)
        visit.press(visit.said("Choose how to identify yourself"))
        assert visit.heading == visit.said("Choose how to identify yourself")


def test_the_language_can_be_changed_on_a_failure_page(arrive: Arrive) -> None:
    visit = at_the_choice(arrive())
    visit.meet_at_the_broker("cancel")
    assert visit.heading == visit.said(CANCELLED)

    visit.switch_to("sv")

    visit.picture("in-swedish")
    assert visit.heading == visit.said("Choose how to identify yourself")


def test_a_slow_broker_is_given_up_after_a_while(arrive: Arrive) -> None:
    visit = at_the_choice(arrive())

    with visit.awaiting(503):
        visit.meet_at_the_broker("slow")

    assert visit.heading == visit.said(UNAVAILABLE)
    visit.picture("broker-slow")


def test_an_unavailable_broker_is_not_blamed_on_the_person(arrive: Arrive, stack: Stack) -> None:
    visit = at_the_choice(arrive())

    with stack.without_broker(), visit.awaiting(503):
        visit.page.locator("main form button.choice-card").nth(1).click()
        assert visit.heading == visit.said(UNAVAILABLE)
        visit.picture("broker-unavailable")
    visit.press(visit.said("Choose how to identify yourself"))
    assert visit.heading == visit.said("Choose how to identify yourself")


def test_an_identified_person_without_an_application_is_told_so(arrive: Arrive) -> None:
    who = new_person()
    visit = at_the_choice(arrive())

    visit.identify(who)

    assert visit.heading == visit.said("No application is waiting for you")
    assert name_of(who) in visit.text
    visit.picture("no-application")
    visit.press(visit.said("Sign out and identify again"))
    assert name_of(who) not in visit.text


def test_a_mistyped_identity_code_shows_its_owner_nothing(arrive: Arrive) -> None:
    """The application has a stranger's code beside the co-applicant's name."""
    main, other, stranger = new_person(), new_person(), new_person()
    mistyped = type(other)(other.last_name, other.first_names, stranger.hetu, other.email)
    reference = send_and_identify(arrive("main"), main, mistyped)
    visit = at_the_choice(arrive("stranger"))

    visit.identify(stranger)

    assert visit.heading == visit.said("No application is waiting for you")
    assert not any(word in visit.text for word in (main.last_name, other.last_name, reference))


def test_a_reply_opened_in_another_browser_is_not_used_up(arrive: Arrive) -> None:
    who = new_person()
    visit, thief = at_the_choice(arrive("own")), arrive("other")
    with visit.hurrying():
        visit.go_to_the_broker()
    # Request the broker's answer outside the page, so that the browser does not follow it yet.
    sealed = visit.page.locator("input[name=question]").first.get_attribute("value")
    typed = {"last_name": who.last_name, "first_names": who.first_names, "hetu": who.hetu}
    answer = visit.page.context.request.post(
        f"{visit.broker}/authorize",
        form={"question": sealed or "", "person": "typed", **typed},
        max_redirects=0,
    )
    back = answer.headers["location"]

    thief.page.goto(back)
    assert thief.heading == thief.said(OTHER_BROWSER)
    thief.picture("begun-elsewhere")
    visit.page.goto(back)
    assert visit.heading == visit.said("No application is waiting for you")
    assert "code=" not in visit.page.url
    visit.page.goto(back)
    assert "code=" not in visit.page.url


def test_an_unrequested_reply_counts_as_expired(arrive: Arrive, stack: Stack) -> None:
    visit = arrive()

    visit.page.goto(f"{stack.service}/return/bank/?state=made-up&code=made-up")

    assert visit.heading == visit.said(EXPIRED)
    visit.picture("not-requested")


# The browser drops one of the two presses; which one depends on how busy the machine is.
@pytest.mark.long
def test_a_double_press_at_the_broker_counts_as_one(arrive: Arrive) -> None:
    who = new_person()
    visit = at_the_choice(arrive())
    with visit.hurrying():
        visit.go_to_the_broker()
    for name, value in (("last_name", who.last_name), ("first_names", who.first_names), ("hetu", who.hetu)):
        visit.page.locator(f"input[name={name}]").fill(value)

    visit.page.locator("button[name=person][value=typed]").dblclick()

    expect(visit.page.locator("h1")).to_have_text(visit.said("No application is waiting for you"))
    assert name_of(who) in visit.text


def test_error_pages_name_only_the_identified_person(arrive: Arrive) -> None:
    who = new_person()
    visit = at_the_choice(arrive())
    with visit.hurrying():
        visit.identify(who)

    visit.open("/nowhere/")

    visit.picture("nowhere-identified")
    named = visit.page.locator(".identified p").all_inner_texts()
    assert not named or name_of(who) in named[0], named


def test_refusing_cookies_explains_what_then_cannot_work(arrive: Arrive) -> None:
    visit = arrive(width=320)
    visit.open(LOG_IN["fi"])
    visit.picture("cookies")

    visit.press(visit.said("I do not accept cookies"))

    assert visit.heading == visit.said("Without cookies you cannot confirm online")
    assert "Työpajankatu 8" in visit.text
    visit.picture("refused")
    visit.page.locator("nav.before a").click()
    visit.press(visit.labels["accept_cookies"])
    assert visit.said("You have read about the cookies") in visit.text


@pytest.fixture
def cookieless(playwright: Any, tmp_path: Path) -> Iterator[BrowserContext]:
    """Yield a Chromium whose settings block all cookies."""
    folder = tmp_path / "profile"
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(
        '{"profile": {"default_content_setting_values": {"cookies": 2}}}'
    )
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium(), args=ARGUMENTS, java_script_enabled=False
    )
    yield context
    context.close()


def test_blocked_cookies_are_reported_wherever_one_is_first_needed(
    arrive: Arrive, stack: Stack, cookieless: BrowserContext
) -> None:
    main, other = new_person(), new_person()
    send_and_identify(arrive("main"), main, other)
    link = stack.wait_for_invitation(other.email)
    visit = arrive(context=cookieless)

    def is_told() -> bool:
        return visit.heading == visit.said(BLOCKED)

    visit.begin()
    assert is_told()
    visit.picture("met-at-begin")
    visit.open_invitation(link)
    assert is_told()
    visit.picture("met-at-the-invitation")
    visit.open(LOG_IN["fi"])
    visit.press(visit.labels["accept_cookies"])
    assert is_told()
    visit.picture("met-at-the-cookies")
    visit.open("/hakemus/nimi/")
    assert is_told()
    assert visit.page.context.cookies() == []
