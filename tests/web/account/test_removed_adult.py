import pytest

from tests.actions import without
from tests.cast import AINO, EINO, applicant_of, arrived, confirmed, edited, joined, sent
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

OFFER = "Copy my own part into a new application"


def removed_from():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = joined(application, EINO)
    edited(application, aino, without(applicant_of(application, eino).pk))
    confirmed(application, aino)
    return application


def test_a_removed_adult_is_told_so_and_offered_a_copy_of_their_own_part(clock):
    application = removed_from()
    eino = Browser()
    eino.identify("eino", purpose="e-service/log-in/")

    page = text_of(eino.get("e-service/"))
    assert "You are no longer on this application" in page
    assert application.reference in page
    assert "Aino" not in page

    copied = eino.send(f"e-service/{application.pk}/copy-own/")
    check = text_of(eino.get(copied["Location"]))
    assert "Eino Ensio" in check
    assert "Aino" not in check


def test_signing_in_leads_a_removed_adult_to_that_page(clock):
    removed_from()
    eino = Browser()

    answer = eino.identify("eino", purpose="e-service/log-in/")

    assert answer["Location"].endswith("/e-service/")


def test_after_thirty_days_nothing_of_the_application_is_shown(clock):
    application = removed_from()
    clock.passes(days=31)
    eino = Browser()
    eino.identify("eino", purpose="e-service/log-in/")

    assert application.reference not in eino.get("e-service/").content.decode()
    assert eino.send(f"e-service/{application.pk}/copy-own/").status_code == 409


def test_the_application_itself_stays_closed_to_a_removed_adult(clock):
    application = removed_from()
    eino = Browser()
    eino.identify("eino")

    assert eino.get(f"e-service/{application.pk}/").status_code == 404


def test_who_is_on_the_application_is_not_offered_it(clock):
    sent(AINO)
    arrived(AINO)
    aino = Browser()
    aino.identify("aino")

    assert OFFER not in text_of(aino.get("e-service/"))
