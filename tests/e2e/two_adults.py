"""The journey of two adults, shared by several tests."""

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import APIResponse

from tests.cast import CastMember
from tests.e2e.journeys import (
    APPLY,
    HOUSEHOLD_STEPS,
    PERSON_STEPS,
    Visit,
    steps_of_a_co_applicant,
    steps_of_the_main_applicant,
)
from tests.e2e.stack import Stack

Identify = Callable[[Visit, CastMember], Any]
FillIn = Callable[[Visit, CastMember, CastMember], str]
_ADDRESS_HEADERS = ("delivered-to", "to")


def send(visit: Visit, main: CastMember, *others: CastMember) -> str:
    """Fill in and send by the forms' own requests, without the pages; return the reference."""
    requests, start = visit.page.context.request, f"{visit.base_url}/{visit.language}{APPLY[visit.language]}"
    answer = requests.get(start)

    def post(address: str, answers: Mapping[str, str]) -> APIResponse:
        token = next(c["value"] for c in visit.page.context.cookies() if c["name"].endswith("kanssa_form"))
        answer = requests.post(address, form={**answers, "csrfmiddlewaretoken": token})
        assert answer.ok, answer.text()
        return answer

    answer = post(start, {})
    for answers in steps_of_the_main_applicant(main, visit.language):
        answer = post(answer.url, answers)
    for other in others:
        answer = post(answer.url, {})
        for answers in steps_of_a_co_applicant(other, visit.language):
            answer = post(answer.url, answers)
    visit.page.goto(answer.url)
    visit.page.locator("main div.buttons a").last.click()
    visit.page.locator("main div.buttons a").last.click()
    answered_at = visit.page.url
    for answers in HOUSEHOLD_STEPS:
        answered_at = post(answered_at, answers).url
    visit.page.goto(answered_at)
    visit.press(visit.said("Send the application"))
    return visit.reference()


def send_and_identify(visit: Visit, main: CastMember, *others: CastMember) -> str:
    """Send and identify without pictures, up to the terms."""
    reference = send(visit, main, *others)
    with visit.hurrying():
        visit.press(visit.labels["go_on"])
        visit.accept_cookies()
        visit.identify(main)
    return reference


def both_confirm(
    stack: Stack,
    main_visit: Visit,
    other_visit: Visit,
    main: CastMember,
    other: CastMember,
    *,
    identify: Identify = Visit.identify,
    fill_in: FillIn = Visit.apply,
) -> None:
    """Go from the front page to a valid application, in two browsers."""
    reference = fill_in(main_visit, main, other)
    assert len(stack.wait_for_messages(main.email, 1)) == 1
    assert stack.messages(other.email) == []  # invitations wait for the sender to identify

    main_visit.press(main_visit.labels["go_on"])
    main_visit.accept_cookies()
    identify(main_visit, main)
    main_visit.accept_terms()
    main_visit.choose(reference)
    main_visit.confirm()
    assert not main_visit.is_valid
    main_visit.see_status()
    assert main_visit.people() == [(name_of(other), False)]
    assert not main_visit.is_valid

    other_visit.open_invitation(stack.wait_for_invitation(other.email))
    other_visit.accept_cookies()
    identify(other_visit, other)
    other_visit.accept_terms()
    other_visit.choose(reference)
    other_visit.complete_own_details()
    other_visit.confirm()
    assert other_visit.is_valid
    other_visit.see_status()
    assert other_visit.people() == [(name_of(main), True)]
    assert other_visit.is_valid

    main_visit.page.reload()
    main_visit.picture("status-valid")
    assert main_visit.people() == [(name_of(other), True)]
    assert main_visit.is_valid
    for who, count in ((main, 2), (other, 2)):
        for message in stack.wait_for_messages(who.email, count):
            assert_only_first_names(message, main, other)
            assert message["text"]
            assert message["html"]


def name_of(who: CastMember) -> str:
    return f"{who.first_names} {who.last_name}"


def assert_only_first_names(message: dict[str, Any], *people: CastMember) -> None:
    """Check that a message contains no personal fact but first names."""
    heads = [value for name, value in message["headers"] if name.lower() not in _ADDRESS_HEADERS]
    whole = "\n".join([message["subject"], message["text"], message["html"], *heads]).casefold()
    for who in people:
        facts = [who.last_name, *who.first_names.split()[1:], who.hetu, who.hetu[:6], who.email]
        for fact in [*facts, *PERSON_STEPS[2].values()]:
            assert fact == "Helsinki" or fact.casefold() not in whole, f"{fact} in: {message['subject']}"
    addresses = [value for name, value in message["headers"] if name.lower() in _ADDRESS_HEADERS]
    assert all("@" in value and " " not in value for value in addresses), addresses
