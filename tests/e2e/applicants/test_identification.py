"""What goes wrong on the way to the broker and back, and what is said then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import ARGUMENTS, Arrive, chromium
from tests.e2e.generated_people import somebody
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
    """Bring somebody to where the way to identify is chosen."""
    with visit.hurrying():
        visit.open(LOG_IN[visit.language])
        visit.accept_cookies()
    return visit


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_each_trouble_at_the_broker_has_a_page_that_leads_on(arrive: Arrive, language: str) -> None:
    visit = at_the_choice(arrive(language=language, width=320 if language == "sv" else 1280))

    for trouble, reason, status in TROUBLES:
        with visit.awaiting(status):
            visit.meet_at_the_broker(trouble)
        assert visit.heading == visit.said(reason)
        visit.picture(trouble)
        visit.press(visit.said("Choose how to identify yourself"))
        assert visit.heading == visit.said("Choose how to identify yourself")


def test_another_language_can_be_chosen_where_something_went_wrong(arrive: Arrive) -> None:
    visit = at_the_choice(arrive())
    visit.meet_at_the_broker("cancel")
    assert visit.heading == visit.said(CANCELLED)

    visit.switch_to("sv")

    visit.picture("in-swedish")
    assert visit.heading == visit.said("Choose how to identify yourself")


def test_a_slow_broker_is_not_waited_for_without_end(arrive: Arrive) -> None:
    visit = at_the_choice(arrive())

    with visit.awaiting(503):
        visit.meet_at_the_broker("slow")

    assert visit.heading == visit.said(UNAVAILABLE)
    visit.picture("broker-slow")


def test_a_broker_that_does_not_answer_is_not_the_persons_fault(arrive: Arrive, stack: Stack) -> None:
    visit = at_the_choice(arrive())

    with stack.without_broker(), visit.awaiting(503):
        visit.page.locator("main form button.choice-card").nth(1).click()
        assert visit.heading == visit.said(UNAVAILABLE)
        visit.picture("broker-unavailable")
    visit.press(visit.said("Choose how to identify yourself"))
    assert visit.heading == visit.said("Choose how to identify yourself")


def test_a_person_on_no_application_is_told_so_plainly(arrive: Arrive) -> None:
    who = somebody()
    visit = at_the_choice(arrive())

    visit.identify(who)

    assert visit.heading == visit.said("No application waits for you")
    assert name_of(who) in visit.text
    visit.picture("no-application")
    visit.press(visit.said("Sign out and identify again"))
    assert name_of(who) not in visit.text


def test_a_code_typed_wrong_shows_a_stranger_nothing(arrive: Arrive) -> None:
    """The application names a stranger's code with the co-applicant's name."""
    main, other, stranger = somebody(), somebody(), somebody()
    mistyped = type(other)(other.last_name, other.first_names, stranger.hetu, other.email)
    reference = send_and_identify(arrive("main"), main, mistyped)
    visit = at_the_choice(arrive("stranger"))

    visit.identify(stranger)

    assert visit.heading == visit.said("No application waits for you")
    assert not any(word in visit.text for word in (main.last_name, other.last_name, reference))


def test_a_reply_in_another_browser_spends_nothing(arrive: Arrive) -> None:
    who = somebody()
    visit, thief = at_the_choice(arrive("own")), arrive("other")
    with visit.hurrying():
        visit.go_to_the_broker()
    # The broker's answer is asked for past the page, so that the browser does not follow it yet.
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
    assert visit.heading == visit.said("No application waits for you")
    assert "code=" not in visit.page.url
    visit.page.goto(back)
    assert "code=" not in visit.page.url


def test_a_reply_that_nobody_asked_for_is_too_old(arrive: Arrive, stack: Stack) -> None:
    visit = arrive()

    visit.page.goto(f"{stack.service}/return/bank/?state=made-up&code=made-up")

    assert visit.heading == visit.said(EXPIRED)
    visit.picture("nobody-asked")


# Which of the two presses the browser gives up depends on how busy the machine is.
@pytest.mark.long
def test_pressing_twice_at_the_broker_is_pressing_once(arrive: Arrive) -> None:
    who = somebody()
    visit = at_the_choice(arrive())
    with visit.hurrying():
        visit.go_to_the_broker()
    for name, value in (("last_name", who.last_name), ("first_names", who.first_names), ("hetu", who.hetu)):
        visit.page.locator(f"input[name={name}]").fill(value)

    visit.page.locator("button[name=person][value=typed]").dblclick()

    expect(visit.page.locator("h1")).to_have_text(visit.said("No application waits for you"))
    assert name_of(who) in visit.text


def test_an_identified_person_is_named_on_pages_of_errors_too_or_not_at_all(arrive: Arrive) -> None:
    who = somebody()
    visit = at_the_choice(arrive())
    with visit.hurrying():
        visit.identify(who)

    visit.open("/nowhere/")

    visit.picture("nowhere-identified")
    named = visit.page.locator(".identified p").all_inner_texts()
    assert not named or name_of(who) in named[0], named


def test_who_refuses_cookies_is_told_what_then_cannot_work(arrive: Arrive) -> None:
    visit = arrive(width=320)
    visit.open(LOG_IN["fi"])
    visit.picture("cookies")

    visit.press(visit.said("I do not accept cookies"))

    assert visit.heading == visit.said("Without cookies you cannot confirm online")
    assert "Työpajankatu 8" in visit.text
    visit.picture("refused")
    visit.page.locator("nav.before a").click()
    visit.press(visit.labels["accept_cookies"])
    assert visit.said("You have accepted the cookies") in visit.text


@pytest.fixture
def cookieless(playwright: Any, tmp_path: Path) -> Iterator[BrowserContext]:
    """Give a Chromium whose settings block all cookies."""
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


def test_blocked_cookies_are_met_wherever_one_is_first_needed(
    arrive: Arrive, stack: Stack, cookieless: BrowserContext
) -> None:
    main, other = somebody(), somebody()
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
