"""Leaving an application, and continuing without an adult who left."""

import pytest

from kanssa.applications.models import Application
from tests.actions import left
from tests.cast import AINO, EINO, HILMA, arrived, confirmed, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


def valid_of_two():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    return application, joined(application, EINO)


def status_of(browser, application):
    return text_of(browser.get(f"e-service/{application.pk}/"))


def as_person(name):
    browser = Browser()
    browser.identify(name)
    return browser


def test_the_page_of_leaving_says_what_happens_and_opening_it_changes_nothing(browser):
    application, _eino = valid_of_two()
    browser.identify("eino")
    assert "Leave the application" in status_of(browser, application)

    page = text_of(browser.get(f"e-service/{application.pk}/leave/"))

    assert "The others are told that you no longer take part" in page
    assert "30 days to confirm it without you" in page
    assert "say that you will not confirm" not in page  # the others notice either way
    assert Application.objects.get().state == "valid"


def test_an_adult_who_has_not_confirmed_is_offered_to_decline_unnoticed_instead(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    browser.identify("eino")

    page = text_of(browser.get(f"e-service/{application.pk}/leave/"))

    assert "say that you will not confirm instead. They do not see that." in page


def test_one_press_leaves_and_nothing_more_is_asked_of_the_leaver(browser):
    application, _eino = valid_of_two()
    browser.identify("eino")

    answer = browser.send(f"e-service/{application.pk}/leave/")
    again = browser.send(f"e-service/{application.pk}/leave/")

    status = text_of(browser.get(answer["Location"]))
    assert "You have left the application" in status
    assert "Check and confirm" not in status
    assert again.status_code == 302
    assert Application.objects.get().state == "sent"
    assert browser.get(f"e-service/{application.pk}/leave/").status_code == 409
    assert browser.get(f"confirming/{application.pk}/").status_code == 409


def test_the_others_see_who_left_and_the_main_applicant_continues_with_one_press():
    application = sent(AINO, EINO, HILMA)
    confirmed(application, arrived(AINO))
    eino = joined(application, EINO)
    joined(application, HILMA)
    left(application, eino)
    aino, hilma = as_person("aino"), as_person("hilma")
    assert "No longer takes part" in status_of(hilma, application)
    assert "Continue without" not in status_of(hilma, application)
    assert "Continue without Eino Ensio Korhonen" in status_of(aino, application)

    answer = aino.send(f"e-service/{application.pk}/continue-without/")

    status = text_of(aino.get(answer["Location"]))
    assert "The application continues without the person who left" in status
    assert "Eino" not in status
    assert "Check and confirm the application" in status_of(hilma, application)
    assert aino.send(f"e-service/{application.pk}/continue-without/").status_code == 409


def test_no_other_person_is_asked_to_identify_when_the_only_other_adult_left(browser):
    application, eino = valid_of_two()
    left(application, eino)
    browser.identify("aino")

    assert "Let the next person identify themselves" not in status_of(browser, application)


def test_a_sole_applicant_is_offered_to_withdraw_and_not_to_leave(browser):
    application = sent(AINO)
    confirmed(application, arrived(AINO))
    browser.identify("aino")

    status = status_of(browser, application)

    assert "Withdraw the application" in status
    assert "Leave the application" not in status


@pytest.mark.parametrize(
    ("language", "title"), [("fi", "Lähdetkö hakemukselta?"), ("sv", "Vill du gå ur ansökan?")]
)
def test_the_page_of_leaving_is_in_finnish_and_swedish(language, title):
    application, _eino = valid_of_two()
    browser = as_person("eino")

    found = browser.client.get(f"/en/e-service/{application.pk}/leave/").content.decode()
    address = next(each for each in found.split('"') if each.startswith(f"/{language}/"))

    assert title in text_of(browser.get(address))
