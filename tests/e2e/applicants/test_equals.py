"""Adults who leave, take the main applicant's place, or come by an invitation on paper."""

import re

import pytest

from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import (
    HOUSEHOLD_STEPS,
    MONEY_STEPS,
    PERSON_STEPS,
    Visit,
    how_to_reach,
    steps_of_the_main_applicant,
)
from tests.e2e.stack import Stack
from tests.e2e.two_adults import name_of, send_and_identify

pytestmark = pytest.mark.e2e

CODE = re.compile(r"\b\w{4}-\w{4}-\w{4}\b")


def test_the_main_applicant_leaves_and_the_other_takes_the_place(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit, other_visit = arrive("main"), arrive("other", width=320)
    reference = send_and_identify(main_visit, main, other)
    with main_visit.hurrying():
        confirm(main_visit, reference)
    with other_visit.hurrying():
        other_visit.open_invitation(stack.wait_for_invitation(other.email))
        other_visit.accept_cookies()
        other_visit.identify(other)
        other_visit.accept_terms()
        other_visit.choose(reference)
        other_visit.complete_own_details()
        other_visit.confirm()
        other_visit.see_status()
    assert other_visit.is_valid

    main_visit.page.reload()
    main_visit.press(main_visit.said("Leave the application"))
    main_visit.picture("before-leaving")
    main_visit.press(main_visit.said("Leave the application"))
    main_visit.picture("left")
    assert main_visit.said("You have left the application") in main_visit.text

    other_visit.page.reload()
    other_visit.picture("no-main-applicant")
    assert not other_visit.is_valid
    other_visit.press(other_visit.said("Become the main applicant"))
    other_visit.picture("offer")
    other_visit.press(other_visit.said("Become the main applicant"))
    other_visit.picture("main-applicant")
    other_visit.press(other_visit.said("Edit the application"))
    other_visit.picture("answers-asked-again")
    assert len(stack.wait_for_messages(other.email, 5)) == 5


def test_an_invitation_on_paper_lets_its_adult_in(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit, other_visit = arrive("main"), arrive("other", width=320)
    with main_visit.hurrying():
        reference = send_with_a_name_only(main_visit, main, other)
        main_visit.press(main_visit.labels["go_on"])
        main_visit.accept_cookies()
        main_visit.identify(main)
        confirm(main_visit, reference)
    assert stack.messages(other.email) == []

    main_visit.press(main_visit.said("Print the invitation of %(name)s", name=name_of(other)))
    main_visit.picture("before-printing")
    main_visit.press(main_visit.said("Make an invitation to print"))
    main_visit.picture("code")
    found = CODE.search(main_visit.text)
    assert found, main_visit.text
    main_visit.print("invitation", found.group())
    address = main_visit.page.locator("main ol").inner_text()
    path = re.search(r"https?://\S+", address)
    assert path, address

    other_visit.page.goto(path.group().rstrip(",."))
    other_visit.picture("asked-for-the-code")
    with other_visit.awaiting(403):
        other_visit.fill({"code": "2222-2222-2222"})
        other_visit.picture("wrong-code")
    other_visit.fill({"code": found.group()})
    assert not any(word in other_visit.text for word in (main.last_name, other.last_name, reference))
    with other_visit.hurrying():
        other_visit.accept_cookies()
        other_visit.identify(other)
        other_visit.accept_terms()
        other_visit.choose(reference)
        complete_everything(other_visit, other)
    other_visit.confirm()
    assert other_visit.is_valid


def test_a_person_sees_their_sign_ins(arrive: Arrive, stack: Stack) -> None:
    assert stack.process.poll() is None
    main = new_person()
    visit = arrive(width=320)
    reference = send_and_identify(visit, main)
    with visit.hurrying():
        confirm(visit, reference)

    visit.page.locator("a.back-link").click()
    visit.press(visit.said("Your sign-ins and username"))
    visit.picture("sign-ins")

    assert visit.said("This sign-in") in visit.text


def confirm(visit: Visit, reference: str) -> None:
    visit.accept_terms()
    visit.choose(reference)
    visit.confirm()
    visit.see_status()


def send_with_a_name_only(visit: Visit, main: CastMember, other: CastMember) -> str:
    """Send an application that gives only the name of its co-applicant; return the reference."""
    visit.begin()
    for answers in steps_of_the_main_applicant(main, visit.language):
        visit.fill(answers)
    visit.press(visit.said("Add a co-applicant"))
    visit.fill({"last_name": other.last_name, "first_names": other.first_names, "by_hand": "on"})
    for _page in ("co-applicants", "residents"):
        visit.page.locator("main div.buttons a").last.click()
    for answers in HOUSEHOLD_STEPS:
        visit.fill(answers)
    visit.press(visit.said("Send the application"))
    return visit.reference()


def complete_everything(visit: Visit, who: CastMember) -> None:
    visit.page.locator("main .notification a").first.click()
    contact = how_to_reach(who) | {"contact_language": visit.language}
    for answers in (*PERSON_STEPS, contact, *MONEY_STEPS):
        visit.fill(answers)
