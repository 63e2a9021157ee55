"""Actions done twice, the Back button, and a change of language on the way."""

import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import APPLY, LANGUAGES, LOG_IN, Visit
from tests.e2e.stack import Stack
from tests.e2e.two_adults import name_of, send, send_and_identify

pytestmark = pytest.mark.e2e


def at_the_review(visit: Visit) -> None:
    """Go from the terms to the review page, without pictures."""
    with visit.hurrying():
        visit.accept_terms()
        visit.page.locator("main div.buttons a").first.click()


def test_back_after_confirming_shows_that_it_is_confirmed(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive()
    send_and_identify(visit, main)
    at_the_review(visit)
    visit.press(visit.labels["confirm"])
    assert visit.is_valid

    visit.back()

    visit.picture("back-at-the-review")
    assert visit.said("You have confirmed this application") in visit.text
    assert visit.page.get_by_role("button", name=visit.labels["confirm"]).count() == 0
    visit.back()
    assert visit.said("You have confirmed") in visit.text


def test_confirming_in_two_tabs_is_one_confirmation(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive("first")
    reference = send_and_identify(visit, main)
    at_the_review(visit)
    second = visit.page.context.new_page()
    second.goto(visit.page.url)

    visit.press(visit.labels["confirm"])
    assert visit.is_valid
    second.get_by_role("button", name=visit.labels["confirm"]).click()
    visit.page = second

    assert visit.is_valid
    assert visit.reference() == reference
    with stack.database() as database:
        row = database.execute(
            "SELECT count(*) FROM applications_confirmation c "
            "JOIN applications_application a ON a.id = c.application_id WHERE a.reference = %s",
            [reference],
        ).fetchone()
    assert row == (1,)
    assert len(stack.wait_for_messages(main.email, 2)) == 2


def test_sending_in_two_tabs_is_one_application(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive()
    with visit.hurrying():
        visit.apply_until_check(main)
    second = visit.page.context.new_page()
    second.goto(visit.page.url)

    visit.press(visit.said("Send the application"))
    first = visit.reference()
    second.locator("main form.post-button button").last.click()
    visit.page = second

    assert visit.reference() == first
    visit.back()
    visit.picture("back-after-sending")
    assert visit.heading == visit.said("This application is sent already.")
    assert len(stack.wait_for_messages(main.email, 1)) == 1


def test_back_after_signing_out_shows_nothing_of_the_person(arrive: Arrive) -> None:
    main, other = new_person(), new_person()
    visit = arrive()
    reference = send_and_identify(visit, main, other)
    at_the_review(visit)
    confirmed = visit.page.url
    assert main.hetu[:6] in visit.text

    visit.press(visit.labels["confirm"])
    visit.press(visit.said("Sign out"))

    visit.picture("signed-out")
    for step in range(6):
        visit.back()
        words = (main.last_name, other.last_name, main.hetu[:6], reference)
        assert not any(word in visit.text for word in words), visit.text
        visit.picture(f"back-{step}")
    visit.page.goto(confirmed)
    assert visit.heading == visit.said("You need to identify yourself again.")
    visit.picture("not-identified")


def test_signing_out_in_one_tab_signs_out_the_others(arrive: Arrive) -> None:
    main = new_person()
    visit = arrive()
    send_and_identify(visit, main)
    at_the_review(visit)
    second = visit.page.context.new_page()
    second.goto(visit.page.url)

    visit.page.locator(".identified button").click()
    second.get_by_role("button", name=visit.labels["confirm"]).click()
    visit.page = second

    assert main.last_name not in visit.text
    visit.picture("confirming-in-the-other-tab")
    visit.open(LOG_IN["fi"])
    assert main.last_name not in visit.text


def test_switching_the_language_keeps_the_draft(arrive: Arrive) -> None:
    main, other = new_person(), new_person()
    visit = arrive()
    with visit.hurrying():
        visit.begin()
        visit.fill({"kind": "ordinary", "language": "fi"})
        visit.fill({"last_name": main.last_name, "first_names": main.first_names})
        visit.fill({"hetu": main.hetu})
    before = visit.page.url

    visit.switch_to("sv")
    assert visit.page.url != before
    visit.picture("in-swedish")
    visit.submit()
    visit.picture("asked-again-in-swedish")
    visit.switch_to("en")
    visit.picture("the-same-in-english")
    with visit.hurrying():
        visit.fill({"citizenship": "FI"})
        visit.open(f"{APPLY['en']}name/")
    assert visit.page.locator("input[name=last_name]").input_value() == main.last_name
    visit.open(f"{APPLY['en']}check/")
    visit.picture("check-in-english")
    assert main.first_names in visit.text
    with visit.hurrying():
        visit.open(f"{APPLY['en']}co-applicants/")
        visit.add_co_applicant(other)
    visit.switch_to("fi")
    assert name_of(other) in visit.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_survives_the_trip_to_the_broker(arrive: Arrive, language: str) -> None:
    main = new_person()
    visit = arrive(language=language)
    reference = send(visit, main)
    visit.press(visit.labels["go_on"])
    visit.accept_cookies()

    request = visit.identify(main)

    assert request["ui_locales"] == language
    visit.accept_terms()
    visit.choose(reference)
    visit.confirm()
    assert visit.is_valid


def test_a_language_chosen_late_survives_the_trip_too(arrive: Arrive) -> None:
    who = new_person()
    visit = arrive(language="en")
    with visit.hurrying():
        visit.open(LOG_IN["en"])
        visit.accept_cookies()
    visit.switch_to("sv")

    request = visit.identify(who)

    assert request["ui_locales"] == "sv"
    visit.picture("no-application")
    visit.switch_to("fi")
    assert name_of(who) in visit.text
    assert visit.heading == visit.said("No application is waiting for you")
