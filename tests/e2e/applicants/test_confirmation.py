"""From the front page to a valid application."""

import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.stack import Stack
from tests.e2e.two_adults import assert_only_first_names, both_confirm, name_of, send

pytestmark = pytest.mark.e2e


def test_a_main_applicant_alone_makes_an_application_valid(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive()

    reference = visit.apply(main)
    visit.press(visit.labels["go_on"])
    visit.accept_cookies()
    visit.identify(main)
    visit.accept_terms()
    visit.choose(reference)
    visit.confirm()

    assert visit.is_valid
    visit.see_status()
    assert visit.is_valid
    for message in stack.wait_for_messages(main.email, 2):
        assert_only_first_names(message, main)
        assert main.first_names.split()[0] in message["text"]


def test_two_adults_on_two_browsers_make_an_application_valid(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()

    both_confirm(stack, arrive("main"), arrive("other"), main, other)


def test_two_adults_without_scripts_in_swedish_on_narrow_screens(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit = arrive("main", language="sv", width=320)
    other_visit = arrive("other", language="sv", width=320)

    both_confirm(stack, main_visit, other_visit, main, other)


def test_two_adults_confirm_one_after_the_other_in_one_browser(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    visit = arrive()
    reference = send(visit, main, other)
    visit.press(visit.labels["go_on"])
    visit.accept_cookies()
    first = visit.identify(main)
    visit.accept_terms()
    visit.choose(reference)
    visit.confirm()

    visit.press(visit.said("Let the next person identify themselves"))
    assert name_of(main) not in visit.text
    second = visit.identify(other)
    assert name_of(main) not in visit.text
    visit.accept_terms()
    visit.choose(reference)
    visit.complete_own_details()
    visit.confirm()

    assert visit.is_valid
    for request in (first, second):
        assert request["prompt"] == "login"
        assert int(request["max_age"]) == 0
        assert request["ui_locales"] == "fi"
    assert first["state"] != second["state"]
