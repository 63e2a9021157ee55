"""The demo's clock moves everything at once: pages, messages and the broker."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kanssa.calendar.days import day_of
from kanssa.calendar.formats import day
from tests.e2e.conftest import SECONDS, Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.stack import Stack, running_stack, until
from tests.e2e.two_adults import send, send_and_identify

pytestmark = pytest.mark.e2e

SECONDS_FOR_BOUNCES = 300.0
"""Bounces are read every minute, later on a busy machine."""


def test_days_pass_for_pages_messages_and_the_broker_alike(
    arrive: Arrive, browser: Browser, tmp_path: Path
) -> None:
    main, other = new_person(), new_person()
    with running_stack(tmp_path / "data") as stack:
        operator = browser.new_context(java_script_enabled=False).new_page()
        operator.goto(f"{stack.service}/fi/")
        operator.locator(".rehearsal a", has_text="Siirrä kelloa").click()
        press(operator, "+1 day")
        press(operator, "+14 days")
        expect(operator.locator("main")).to_contain_text("15 days ahead of the real time")
        expect(operator.locator("main")).to_contain_text("What happened meanwhile")

        visit = arrive(at=stack)
        visit.open("/")
        assert day(day_in(15), "fi") in visit.page.locator(".rehearsal").inner_text()
        reference = send_and_identify(visit, main, other)
        visit.accept_terms()
        [message] = stack.wait_for_messages(main.email, 1)
        assert day_of(datetime.fromisoformat(message["date"])) == day_in(15)
        assert stack.wait_for_invitation(other.email)

        press(operator, "+1 day")
        visit.page.reload()
        assert visit.said("You need to identify yourself again.") in visit.text
        visit.log_in(main)
        visit.picture("a-day-later")
        assert reference in visit.text
        operator.context.close()


def test_bounced_mail_is_recorded_in_the_demo(arrive: Arrive, stack: Stack) -> None:
    lost = replace(new_person(), email="lost.bounces@example.com")
    refused = replace(new_person(), email="never.refused@example.com")

    for who in (lost, refused):
        send(arrive(who.email.partition(".")[0]), who)

    assert until(lambda: missing_mailboxes(stack) == 2, seconds=SECONDS_FOR_BOUNCES)
    assert stack.messages("bounces@") == stack.messages("refused@") == []


def missing_mailboxes(stack: Stack) -> int:
    """Count the messages of this kind alone: other journeys on this demo leave cancelled messages."""
    with stack.database() as database:
        found = database.execute("SELECT count(*) FROM messages_message WHERE failure = 'no-mailbox'")
        return int(found.fetchone()[0])  # type: ignore[index]


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click(timeout=SECONDS * 1000)


def day_in(days: int) -> date:
    return day_of(datetime.now(UTC)) + timedelta(days=days)
