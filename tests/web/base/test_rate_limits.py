"""Rate limits on pages, and what ends with a sign-out."""

import pytest

from kanssa.accounts.password_links import opened as opened_link
from kanssa.applications.models import Application
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.accounts.open_account import open_account
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.values.role import Role
from tests.cast import AINO, HILMA, NOW, identified, later
from tests.staff import EMAIL, PASSWORD, begun, code_of, member, opened, typed_password
from tests.usecases.accounts.test_accounts import mailed
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

MAILBOX = "aino@example.com"
OWN_PASSWORD = "hevonen akkuna kirsikka"


@pytest.fixture
def account():
    clerk = member(Role.CLERK)
    code = issue_activation_code(served=identified(AINO), staff=clerk, now=NOW)
    token = mailed(MAILBOX, now=NOW)
    return open_account(token=token, code=code, password=OWN_PASSWORD, address="192.0.2.200", now=NOW)


def at(browser: Browser, address: str) -> Browser:
    """Make the browser's requests come from a network address."""
    browser.client.defaults["REMOTE_ADDR"] = address
    return browser


def typed(browser: Browser, password: str, email: str = MAILBOX):
    return browser.post("e-service/log-in/username/", email=email, password=password)


def copied(browser: Browser) -> Browser:
    """Return another browser with the same cookies."""
    copy = Browser()
    for name, morsel in browser.client.cookies.items():
        copy.client.cookies[name] = morsel.value
    return copy


def test_too_many_drafts_from_a_network_are_refused_with_the_time(settings):
    settings.MAX_DRAFTS_PER_ADDRESS = 2
    for _time in range(2):
        at(Browser(), "192.0.2.1").post("application/")

    refused = at(Browser(), "192.0.2.1").post("application/")

    assert refused.status_code == 429
    assert "You can try again after 14.00 on 24.11.2026." in text_of(refused)
    assert at(Browser(), "192.0.2.2").post("application/").status_code == 302
    assert Application.objects.count() == 3


def test_addresses_of_one_ipv6_subscriber_count_as_one(settings):
    settings.MAX_DRAFTS_PER_ADDRESS = 1
    at(Browser(), "2001:db8:1:2::1").post("application/")

    assert at(Browser(), "2001:db8:1:2:ffff::9").post("application/").status_code == 429
    assert at(Browser(), "2001:db8:1:3::1").post("application/").status_code == 302


def test_too_many_identifications_from_a_network_are_refused_and_the_desk_is_offered(settings):
    settings.MAX_IDENTIFICATIONS_PER_ADDRESS = 2
    browser = Browser()
    browser.post("identification/cookies/")
    for _time in range(2):
        browser.get("identification/")
        assert browser.send("identification/bank/").status_code == 302

    refused = browser.send("identification/bank/")

    assert refused.status_code == 429
    assert "You can try again after" in text_of(refused)
    assert "service desk" in text_of(refused)


def test_too_many_searches_are_refused_with_the_time_and_the_input(settings, browser):
    settings.MAX_SEARCHES_PER_CLERK = 1
    browser.sign_on("saga")
    browser.post("staff/desk/not-mine/", hetu=HILMA.hetu)
    browser.send("staff/desk/search/", typed="Korhonen", reason="visit")
    browser.get("staff/desk/search/")

    refused = browser.get("staff/desk/search/")

    assert "You can try again after" in text_of(refused)
    assert 'value="Korhonen"' in refused.content.decode()


def test_the_owner_signs_in_on_a_known_device_despite_strangers_guesses(account, settings):
    settings.MAX_DAILY_GUESSES_PER_ACCOUNT = 10
    own = at(Browser(), "198.51.100.1")
    assert typed(own, OWN_PASSWORD).status_code == 302
    own.post("e-service/sign-out/")
    for number in range(12):
        typed(at(Browser(), f"192.0.2.{number}"), "wrong wrong wrong")

    assert typed(at(Browser(), "198.51.100.2"), OWN_PASSWORD).status_code == 429
    assert typed(at(own, "198.51.100.3"), OWN_PASSWORD).status_code == 302


def test_a_device_is_known_only_for_its_own_accounts(account, settings):
    settings.MAX_DAILY_GUESSES_PER_ACCOUNT = 10
    own = at(Browser(), "198.51.100.1")
    typed(own, OWN_PASSWORD)
    forged = at(Browser(), "198.51.100.1")
    forged.client.cookies["kanssa_known"] = own.client.cookies["kanssa_known"].value[:-4] + "AAAA"
    for number in range(10):
        typed(at(Browser(), f"192.0.2.{number}"), "wrong wrong wrong", "eino@example.com")
        typed(at(Browser(), f"192.0.2.{number}"), "wrong wrong wrong")

    assert typed(forged, OWN_PASSWORD).status_code == 429
    assert typed(own, "wrong wrong wrong", "eino@example.com").status_code == 429


def test_the_known_device_cookie_contains_no_name_and_is_closed_to_scripts(account):
    own = Browser()
    typed(own, OWN_PASSWORD)

    cookie = own.client.cookies["kanssa_known"]

    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 24 * 3600)
    assert "aino" not in cookie.value.lower()


def test_staff_sign_in_on_a_known_device_despite_strangers_guesses(clock, settings):
    settings.MAX_DAILY_GUESSES_PER_ACCOUNT = 10
    own = at(Browser(), "198.51.100.1")
    account = begun(own, opened(), now=clock.time)
    own.post("staff/sign-out/")
    clock.passes(minutes=1)
    typed_password(own)
    own.post("staff/code/", code=code_of(account.secret, clock.time))
    own.post("staff/sign-out/")
    for number in range(12):
        typed_password(at(Browser(), f"192.0.2.{number}"), EMAIL, "wrong wrong wrong")

    assert typed_password(at(Browser(), "198.51.100.2")).status_code == 429
    assert typed_password(own, EMAIL, PASSWORD).status_code == 302


def forgotten(browser: Browser, email: str) -> str:
    """Ask for a new password; return the page's text without the address."""
    browser.post("e-service/forgotten-password/", email=email)
    return text_of(browser.get("e-service/create-username/mail-sent/")).replace(email, "")


def left_for(email: str) -> int:
    """Return how many messages with a link are waiting to be sent to an address."""
    written = Message.objects.filter(topic__in=("account_link", "password_link"), delivery="waiting")
    return sum(read_contents(message)[0] == email for message in written)


def asked_with_tags(times: int) -> None:
    for number in range(times):
        forgotten(at(Browser(), f"192.0.2.{number}"), f"aino+{number}@example.com")


def test_requests_for_tagged_addresses_do_not_block_the_owners_new_password(account, clock, settings):
    clock.passes(minutes=2)
    asked_with_tags(settings.MAX_DAILY_VISITOR_MESSAGES + 1)
    clock.passes(minutes=2)
    before = left_for(MAILBOX)

    page = forgotten(at(Browser(), "198.51.100.1"), MAILBOX)

    assert "No new link was sent" not in page
    assert left_for(MAILBOX) == before + 1


def test_beyond_the_limit_the_answer_is_the_same_and_only_accounts_get_mail(account, clock, settings):
    clock.passes(minutes=2)
    asked_with_tags(settings.MAX_DAILY_VISITOR_MESSAGES + 1)
    clock.passes(minutes=2)

    of_account = forgotten(at(Browser(), "198.51.100.1"), MAILBOX)
    of_none = forgotten(at(Browser(), "198.51.100.2"), "aino+new@example.com")

    assert of_account == of_none
    assert left_for("aino+new@example.com") == 0


def test_a_link_that_is_not_sent_ends_no_earlier_link(settings):
    settings.MAX_DAILY_VISITOR_MESSAGES = 1
    token = mailed("eino@example.com", now=NOW)

    mail_account_link(email="eino@example.com", language="en", address="127.0.0.1", now=later(hours=1))

    assert opened_link(token, now=later(hours=1)).email == "eino@example.com"


def test_the_owner_gets_a_new_password_on_a_known_device_despite_strangers_requests(account, clock, settings):
    own = at(Browser(), "198.51.100.1")
    typed(own, OWN_PASSWORD)
    own.post("e-service/sign-out/")
    for number in range(settings.MAX_DAILY_ACCOUNT_LINKS + 1):
        clock.passes(minutes=2)
        forgotten(at(Browser(), f"192.0.2.{number}"), MAILBOX)
    settings.MAX_ACCOUNT_LINKS_PER_ADDRESS = 1
    forgotten(at(Browser(), "198.51.100.1"), "eino@example.com")
    before = left_for(MAILBOX)

    assert "No new link was sent" not in forgotten(own, MAILBOX)
    assert left_for(MAILBOX) == before + 1


def test_a_copied_cookie_opens_no_draft_after_the_sign_out():
    browser = Browser()
    browser.post("application/")
    browser.identify("otso")
    copy = copied(browser)
    assert copy.get("application/check/").status_code == 200

    browser.post("e-service/sign-out/")

    assert copy.get("application/check/").status_code == 404


def test_a_cookie_copied_before_identifying_opens_no_draft_after_the_sign_out():
    browser = Browser()
    browser.post("application/")
    copy = copied(browser)
    browser.identify("otso")
    browser.post("e-service/sign-out/")

    assert copy.get("application/check/").status_code == 404
    assert copy.get("application/continue-later/").status_code == 404


def test_a_browser_whose_draft_ended_by_sign_out_can_identify_and_begin_again():
    browser = Browser()
    browser.post("application/")
    copy = copied(browser)
    browser.identify("otso")
    browser.post("e-service/sign-out/")

    assert copy.identify("otso").status_code == 302
    assert copy.post("application/").status_code == 302
    assert copy.get("application/check/").status_code == 200


def test_a_refused_account_link_says_why_and_when(settings):
    settings.MAX_ACCOUNT_LINKS_PER_ADDRESS = 1
    mail_account_link(email="eino@example.com", language="en", address="127.0.0.1", now=later(minutes=30))
    browser = Browser()

    browser.post("e-service/create-username/", email=MAILBOX)
    page = text_of(browser.get("e-service/create-username/mail-sent/"))

    assert "Too many links have been ordered from this network." in page
    assert "You can try again after 13.30 on 24.11.2026." in page
    assert MAILBOX in page
    assert Message.objects.count() == 1


def test_a_copied_cookie_opens_nothing_after_an_unidentified_browser_signs_out():
    browser = Browser()
    browser.post("application/")
    copy = copied(browser)

    browser.post("e-service/sign-out/")

    assert copy.get("application/check/").status_code == 404


@pytest.mark.parametrize("address", ["/return/bank/", "/staff-return/city/"])
def test_replies_without_an_attempt_leave_no_event(address):
    for number in range(40):
        Browser().client.get(address, {"state": f"x{number}"})

    assert not Event.objects.exists()


def test_recorded_refusals_are_limited_per_network_address(settings):
    settings.MAX_RECORDED_REFUSALS_PER_HOUR = 5
    for number in range(10):
        at(Browser(), "192.0.2.1").client.get("/return/bank/logout/", {"SAMLRequest": f"x{number}"})
    typed(at(Browser(), "192.0.2.1"), "wrong wrong wrong")
    typed(at(Browser(), "192.0.2.2"), "wrong wrong wrong")

    recorded = [event.facts["deed"] for event in Event.objects.filter(kind="refused")]

    assert recorded.count("receive_logout") == 5
    assert recorded.count("sign_in") == 2


def test_recorded_refusals_are_limited_for_one_replayed_attempt(settings, browser):
    settings.MAX_RECORDED_REFUSALS_PER_HOUR = 5
    browser.post("identification/cookies/")
    gone = browser.send("identification/bank/")
    thief = Browser()
    for _time in range(10):
        thief.return_from_broker(gone, "aino")

    assert (
        Event.objects.filter(kind="refused", facts__contains={"deed": "finish_identification"}).count() == 5
    )
