"""A draft is started on one device and continued on another."""

import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import LANGUAGES
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_continued_on_a_phone(arrive: Arrive, stack: Stack, language: str) -> None:
    main, other = new_person(), new_person()
    visit = arrive("computer", language=language)
    with visit.hurrying():
        visit.apply_until_check(main, other)
    visit.press(visit.said("Continue later"))
    visit.picture("continue-later")
    assert visit.page.locator("input[name=email]").input_value() == main.email
    visit.page.locator("input[name=email]").fill("aino@")
    visit.submit()
    visit.picture("no-address")
    visit.page.locator("input[name=email]").fill(main.email)
    visit.submit()
    visit.picture("link-sent")

    [message] = stack.wait_for_messages(main.email, 1)
    phone = arrive("phone", language=language, width=320)
    phone.page.goto(message["links"][0])
    phone.picture("resume")
    assert main.last_name not in phone.text
    phone.submit()
    phone.picture("resumed")
    assert main.last_name in phone.text
    assert main.hetu[:6] not in phone.text
    phone.press(phone.said("Send the application"))
    assert phone.reference()

    visit.page.goto(message["links"][0])
    visit.picture("link-of-what-was-sent")
    assert visit.heading == visit.said("The application that this link led to is sent already.")
