"""The terms of use on the way to a page, and the page after them."""

import pytest

from kanssa.web.base.seen_version import sealed_version
from tests.cast import AINO, sent
from tests.web.confirm.test_confirmation import accept_terms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["confirming/{}/", "confirming/"])
def test_accepting_the_terms_leads_to_the_requested_page(browser, page):
    application = sent(AINO)
    browser.identify("aino")
    wanted = page.format(application.pk)
    browser.get(wanted)

    assert accept_terms(browser)["Location"] == f"/en/{wanted}"
    assert accept_terms(browser)["Location"] == "/en/confirming/"


def test_confirming_before_accepting_new_terms_leads_back_to_the_review(browser):
    application = sent(AINO)
    browser.identify("aino")

    current = application.versions.latest("number").pk
    version = sealed_version(current, application_id=application.pk)
    asked = browser.send(f"confirming/{application.pk}/confirm/", version=version)

    assert asked["Location"] == "/en/confirming/terms/"
    assert accept_terms(browser)["Location"] == f"/en/confirming/{application.pk}/"
