import re
from uuid import uuid4

import pytest

from kanssa.applications.models import Application
from tests.cast import AINO, EINO, HILMA, arrived, completed, confirmed, edited, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


def material(content):
    return content.with_section("need", {"reasons": ["crowded", "separation"]})


def accept_terms(browser):
    browser.post("confirming/terms/")


def version_on(browser, application):
    html = browser.get(f"confirming/{application.pk}/").content.decode()
    return re.search(r'name="version" value="([^"]+)"', html)[1]


def waiting_for_both(change=material):
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    joined(application, EINO)
    edited(application, aino, change)
    return application


CHANGED = {
    "en": "What has changed since you confirmed",
    "fi": "Mikä on muuttunut vahvistuksesi jälkeen",
    "sv": "Vad som har ändrats sedan du bekräftade",
}


def test_changes_since_the_confirmation_are_shown_beside_the_old_values(browser):
    application = waiting_for_both()
    browser.identify("eino")
    accept_terms(browser)

    page = text_of(browser.get(f"confirming/{application.pk}/"))

    assert CHANGED["en"] in page
    assert "Need for housing" in page
    assert re.search(r"Before : [^:]+ Now : [^:]+; ", page)
    assert "the application stays valid as it was confirmed before" in page


def test_a_change_is_confirmed_while_the_application_is_valid(browser):
    application = waiting_for_both()
    browser.identify("eino")
    accept_terms(browser)

    answer = browser.send(f"confirming/{application.pk}/confirm/", version=version_on(browser, application))

    done = text_of(browser.get(answer["Location"]))
    assert "The application is valid" in done
    assert "You have confirmed the change" in done
    assert "What has changed" not in text_of(browser.get(f"confirming/{application.pk}/"))
    confirmed(application, arrived(AINO))
    row = Application.objects.get()
    assert row.confirmed_version == row.current_version


def test_a_change_made_while_reading_is_shown_before_the_first_confirmation(browser):
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    completed(application, arrived(EINO))
    browser.identify("eino")
    accept_terms(browser)
    seen = version_on(browser, application)
    edited(application, aino, material)

    answer = browser.send(f"confirming/{application.pk}/confirm/", version=seen)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "The application was changed while you were reading it" in page
    assert "What has changed since you read it" in page
    assert "Before :" in page


def test_a_version_of_another_application_reveals_nothing(browser):
    application, others = sent(AINO, EINO), sent(HILMA)
    completed(application, arrived(EINO))
    browser.identify("eino")
    accept_terms(browser)
    hilma = Browser()
    hilma.identify("hilma")
    accept_terms(hilma)

    theirs = version_on(hilma, others)
    answer = browser.send(f"confirming/{application.pk}/confirm/", version=theirs)

    assert answer.status_code == 409
    assert "What has changed" not in text_of(answer)


def test_others_do_not_see_changes_of_the_main_applicants_own_details(browser):
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    joined(application, EINO)
    canary = {"gross_income": 98765, "street_address": "Canarykatu 1", "email": "canary@example.com"}

    def change(content):
        return material(content).with_adult(content.main_applicant_id, canary)

    edited(application, aino, change)
    browser.identify("eino")
    accept_terms(browser)

    pages = [browser.get(f"confirming/{application.pk}/"), browser.get(f"e-service/{application.pk}/")]

    assert "What has changed since you confirmed" in text_of(pages[0])
    for page in pages:
        for found in ("98765", "98,765", "Canarykatu", "canary@"):
            assert found not in page.content.decode()


def test_a_new_name_and_a_new_applicant_are_shown_to_everybody(browser):
    def change(content):
        named = {
            "last_name": "Lindqvist",
            "first_names": "Hilma",
            "hetu": HILMA.hetu,
            "email": "s@example.com",
        }
        return content.with_adult(uuid4(), named).with_adult(
            content.main_applicant_id, {"last_name": "Virtanen"}
        )

    application = waiting_for_both(change)
    browser.identify("eino")
    accept_terms(browser)

    page = browser.get(f"confirming/{application.pk}/")

    assert "Hilma Lindqvist On the application Before : No Now : Yes" in text_of(page)
    assert "Last name Before : Korhonen Now : Virtanen" in text_of(page)
    assert "170379" not in page.content.decode()
    assert "s@example.com" not in page.content.decode()


def test_own_details_can_be_corrected_while_the_application_is_valid(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    joined(application, EINO)
    browser.identify("eino")
    accept_terms(browser)
    own = f"confirming/{application.pk}/own-details/income/?back=review"
    assert own.split("?", maxsplit=1)[0] in browser.get(f"confirming/{application.pk}/").content.decode()

    answer = browser.post(own, income_source="wages", gross_income="5000")

    page = text_of(browser.get(answer["Location"]))
    assert "Your own details Gross income per month Before : 2,350 € Now : 5,000 €" in page
    assert "Confirm the application" in page
    assert Application.objects.get().state == "valid"
    aino = Browser()
    aino.identify("aino")
    assert "5,000" not in aino.get(f"e-service/{application.pk}/").content.decode()


@pytest.mark.parametrize("language", CHANGED)
def test_the_difference_is_in_the_persons_language(language):
    application = waiting_for_both()
    english = Browser()
    english.identify("eino")
    accept_terms(english)
    here = english.get(f"confirming/{application.pk}/").content.decode()
    path = re.search(rf'href="(/{language}/[^"]+)" lang="{language}"', here)[1]

    page = text_of(english.get(path))

    assert CHANGED[language] in page
    assert ("Before" in page) == (language == "en")


def test_the_review_links_to_the_page_about_declining(browser):
    application = sent(AINO, EINO)
    completed(application, arrived(EINO))
    browser.identify("eino")
    accept_terms(browser)

    html = browser.get(f"confirming/{application.pk}/").content.decode()

    assert f"/en/e-service/{application.pk}/decline/" in html


def test_each_page_carries_the_version_under_another_value(browser):
    """An id that changes between two visits would tell that another adult has corrected their details."""
    application = sent(AINO, EINO)
    browser.identify("aino")
    browser.post("confirming/terms/")

    first, second = version_on(browser, application), version_on(browser, application)

    assert first != second
    assert str(application.current_version_id) not in first
    path = f"confirming/{application.pk}/confirm/"
    assert browser.send(path, version=str(application.current_version_id)).status_code == 409
    assert browser.send(path, version=first).status_code == 302
