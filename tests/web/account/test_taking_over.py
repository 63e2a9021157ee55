"""Pages of an application whose new main applicant has still to answer for the household."""

import pytest

from tests.actions import accepted_main, left
from tests.cast import AINO, EINO, HILMA, arrived, confirmed, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


def taken_over():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = joined(application, EINO)
    joined(application, HILMA)
    left(application, aino)
    accepted_main(application, eino)
    return application


def page_of(name, path):
    browser = Browser()
    browser.identify(name)
    return text_of(browser.get(path))


def test_the_new_main_applicant_is_led_to_the_edit_and_the_others_are_told_to_wait():
    application = taken_over()
    path = f"e-service/{application.pk}/"

    eino, hilma = page_of("eino", path), page_of("hilma", path)

    assert "Fill in the present home and the need for a home" in eino
    assert "The new main applicant has not filled in everything yet" in hilma
    assert "Fill in the present home" not in hilma
    assert "Check and confirm the application" not in eino
    assert "Check and confirm the application" not in hilma


def test_the_review_cannot_be_confirmed_before_the_answers_are_given():
    application = taken_over()

    page = page_of("hilma", f"confirming/{application.pk}/")

    assert "The new main applicant has not filled in everything yet" in page
    assert "Confirm the application" not in page


def test_the_edit_starts_without_the_former_main_applicants_answers(browser):
    application = taken_over()
    browser.identify("eino")

    started = browser.send(f"e-service/{application.pk}/edit/")

    page = text_of(browser.get(started["Location"]))
    assert "Rented from another landlord" not in page
    assert "Aino" not in page
