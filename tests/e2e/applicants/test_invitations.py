"""Mailed links: opened by machines, sent again, opened by the wrong person."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import Visit
from tests.e2e.stack import Stack, running_stack
from tests.e2e.two_adults import name_of, send_and_identify

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A demo of this test's own: on the shared one, other journeys' messages change rows meanwhile."""
    with running_stack(tmp_path / "data") as stack:
        yield stack


def test_a_link_opened_by_a_scanner_still_works_for_the_person(arrive: Arrive, own_stack: Stack) -> None:
    stack = own_stack
    main, other = new_person(), new_person()
    reference = send_and_identify(arrive("main", at=stack), main, other)
    link = stack.wait_for_invitation(other.email)
    before = stack.all_rows()

    for method in ("HEAD", "GET", "HEAD"):
        with urllib.request.urlopen(urllib.request.Request(link, method=method), timeout=60) as answer:
            assert answer.status == 200
            assert "no-store" in answer.headers["Cache-Control"]
    scanner = arrive("scanner", scripts=True, at=stack)
    scanner.page.goto(link)
    followed = follow_every_link(scanner.page, depth=2)

    assert len(followed) > 10, followed
    assert stack.all_rows() == before
    assert not any(word in scanner.text for word in (main.last_name, other.last_name, reference))
    visit = arrive("other", at=stack)
    visit.open_invitation(link)
    assert not any(word in visit.text for word in (main.last_name, other.last_name, reference))
    visit.accept_cookies()
    visit.identify(other)
    visit.accept_terms()
    visit.choose(reference)
    visit.complete_own_details()
    visit.confirm()
    assert visit.people() == [(name_of(main), False)]


def follow_every_link(page: Page, *, depth: int) -> set[str]:
    """Follow links of the same origin up to `depth` steps, submitting nothing; return the addresses."""
    seen, waiting = {page.url}, links_on(page)
    for _ in range(depth):
        following: set[str] = set()
        for address in sorted(waiting - seen):
            page.goto(address)
            seen.add(address)
            following |= links_on(page)
        waiting = following
    return seen


def links_on(page: Page) -> set[str]:
    addresses = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
    origin = urljoin(page.url, "/")
    return {address.partition("#")[0] for address in addresses if address.startswith(origin)}


def test_a_new_link_replaces_the_earlier_one_at_once(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit = arrive("main")
    reference = send_and_identify(main_visit, main, other)
    former = stack.wait_for_invitation(other.email)
    go_to_status(main_visit, reference)

    again = main_visit.said("Send %(name)s a new link", name=name_of(other))
    main_visit.press(again)
    assert main_visit.page.locator(".notification-error").count() == 1
    assert "10" in main_visit.page.locator(".notification-error").inner_text()
    main_visit.picture("too-soon")
    visit = arrive("other")
    visit.page.goto(former)
    assert visit.heading == visit.said("You are asked to confirm a housing application")

    stack.age_invitations(minutes=11)
    main_visit.press(again)
    assert main_visit.page.locator(".notification-success").count() == 1
    main_visit.picture("sent-again")
    visit.page.reload()
    assert visit.heading == visit.said(
        "This link has been replaced by a newer one. Look for the latest e-mail."
    )
    visit.picture("replaced")
    latest = stack.wait_for_invitation(other.email, count=2)
    assert latest != former
    visit.open_invitation(latest)
    visit.accept_cookies()
    visit.identify(other)
    visit.accept_terms()
    visit.choose(reference)
    assert main.last_name in visit.text


def test_links_to_an_address_are_limited_per_day(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    visit = arrive()
    reference = send_and_identify(visit, main, other)
    go_to_status(visit, reference)
    again = visit.said("Send %(name)s a new link", name=name_of(other))

    for _ in range(4):
        stack.age_invitations(minutes=11)
        visit.press(again)
        assert visit.page.locator(".notification-success").count() == 1
    stack.age_invitations(minutes=11)
    visit.press(again)

    assert (
        visit.said("We cannot send another message to this address today. Try again tomorrow.") in visit.text
    )
    visit.picture("used-up")
    assert len(stack.wait_for_messages(other.email, 5)) == 5


def test_the_wrong_person_learns_nothing_about_the_application(arrive: Arrive, stack: Stack) -> None:
    main, other, wrong = new_person(), new_person(), new_person()
    main_visit = arrive("main")
    reference = send_and_identify(main_visit, main, other)
    link = stack.wait_for_invitation(other.email)

    visit = arrive("wrong")
    visit.open_invitation(link)
    visit.accept_cookies()
    visit.identify(wrong)

    visit.picture("link-for-somebody-else")
    assert visit.heading == visit.said("The link is for another person")
    assert name_of(wrong) in visit.text
    assert not any(word in visit.text for word in (main.last_name, other.last_name, reference))
    visit.press(visit.said("Sign out and identify again"))
    assert name_of(wrong) not in visit.text
    visit.identify(other)
    visit.accept_terms()
    visit.choose(reference)
    assert name_of(main) in visit.text


def test_the_main_applicant_opens_the_link_meant_for_the_co_applicant(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    visit = arrive()
    reference = send_and_identify(visit, main, other)
    link = stack.wait_for_invitation(other.email)

    visit.open_invitation(link)
    visit.press(visit.labels["to_identification"])
    visit.identify(main)

    assert visit.heading == visit.said("The link is for another person")
    visit.picture("link-for-somebody-else-with-own")
    visit.press(visit.said("See the applications that are waiting for you"))
    visit.accept_terms()
    assert reference in visit.text


def test_an_incomplete_link_says_so(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    send_and_identify(arrive("main"), main, other)
    link = stack.wait_for_invitation(other.email)
    visit = arrive("other")

    for cut in (f"{link[:-5]}/", link[:-5], link.rstrip("/")[:-1]):
        visit.page.goto(cut)
        assert visit.heading == visit.said(
            "The link is not whole. Open it from the e-mail again, or copy all of it."
        ), cut
        visit.picture("not-whole")
    visit.page.goto(link.rstrip("/"))
    assert visit.heading == visit.said("You are asked to confirm a housing application")


def go_to_status(visit: Visit, reference: str) -> None:
    """Go from the terms to the status page, without pictures."""
    with visit.hurrying():
        visit.accept_terms()
        visit.choose(reference)
        visit.confirm()
        visit.see_status()
