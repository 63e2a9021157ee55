import re

import pytest

from tests.actions import light_change
from tests.cast import AINO, EINO, arrived, confirmed, edited, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

HEADING = "What has changed since you confirmed"


def moved_wishes():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    joined(application, EINO)
    edited(application, aino, light_change(1500))
    return application


def browser_of(role):
    browser = Browser()
    browser.identify(role)
    return browser


@pytest.mark.parametrize("page", ["e-service/{}/", "confirming/{}/"])
def test_the_page_shows_old_beside_new_and_how_to_take_the_confirmation_back(page):
    application = moved_wishes()
    eino = browser_of("eino")

    shown = eino.get(page.format(application.pk))

    assert HEADING in text_of(shown)
    assert "900" in text_of(shown)
    assert "1,500" in text_of(shown) or "1500" in text_of(shown) or "1 500" in text_of(shown)
    assert f"/e-service/{application.pk}/withdraw-confirmation/" in shown.content.decode()


def test_the_editor_sees_no_change_of_their_own():
    application = moved_wishes()

    assert HEADING not in text_of(browser_of("aino").get(f"confirming/{application.pk}/"))


def test_one_press_says_that_the_changes_were_read_and_the_confirmation_stays():
    application = moved_wishes()
    eino = browser_of("eino")
    page = f"e-service/{application.pk}/"

    shown = re.search(r'name="version" value="([^"]+)"', eino.get(page).content.decode())

    eino.send(f"{page}read/", version=shown[1])

    assert "You have read the changes" in text_of(eino.get(page))
    assert HEADING not in text_of(eino.get(page))
    assert "Withdraw my confirmation" in text_of(eino.get(page))


def test_a_press_without_a_version_changes_nothing():
    application = moved_wishes()
    eino = browser_of("eino")

    assert eino.send(f"e-service/{application.pk}/read/", version="x").status_code == 409
    assert HEADING in text_of(eino.get(f"e-service/{application.pk}/"))
