"""The page that offers the main applicant's place."""

import pytest

from kanssa.applications.models import Applicant
from tests.actions import departed, left
from tests.cast import AINO, EINO, HILMA, arrived, completed, confirmed, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


def with_an_open_place():
    """Aino has left; Eino has confirmed, Hilma has only identified."""
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    joined(application, EINO)
    completed(application, arrived(HILMA))
    left(application, aino)
    return application


def as_person(name):
    browser = Browser()
    browser.identify(name)
    return browser


def status_of(browser, application):
    return text_of(browser.get(f"e-service/{application.pk}/"))


def test_each_adult_reads_that_the_application_waits_and_the_offer_only_who_gets_it():
    application = with_an_open_place()

    eino, hilma = (status_of(as_person(name), application) for name in ("eino", "hilma"))

    for page in (eino, hilma):
        assert "The application has no main applicant now" in page
        assert "Edit the application" not in page
    assert "You can take the place" in eino
    assert "You can take the place" not in hilma


def test_opening_the_offer_changes_nothing_and_one_press_accepts_it():
    application = with_an_open_place()
    eino, path = as_person("eino"), f"e-service/{application.pk}/main-applicant/"

    page = text_of(eino.get(path))
    assert "If you do not want to, you do not need to do anything." in page
    assert not Applicant.objects.get(position=1).is_main
    answer = eino.send(path)
    again = eino.send(path)

    status = text_of(eino.get(answer["Location"]))
    assert "You are now the main applicant" in status
    assert "Edit the application" in status
    assert again.status_code == 409
    assert Applicant.objects.get(position=1).is_main


def test_an_adult_without_an_offer_is_told_so():
    application = with_an_open_place()
    hilma, path = as_person("hilma"), f"e-service/{application.pk}/main-applicant/"

    assert hilma.get(path).status_code == hilma.send(path).status_code == 409
    assert "not offered to you" in text_of(hilma.get(path))


@pytest.mark.parametrize("action", ["renew", "withdraw", "discard"])
def test_the_pages_of_the_main_applicant_are_closed_while_the_place_is_open(action):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    departed(application, application.applicants.get(is_main=True).pk)
    aino, path = as_person("aino"), f"e-service/{application.pk}/{action}/"

    assert aino.get(path).status_code == aino.send(path).status_code == 409
    assert "has no main applicant now" in text_of(aino.get(path))
