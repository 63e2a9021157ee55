"""Limits on what an anonymous post can store: numbers, invisible characters, the size of a draft."""

import json
import unicodedata

import pytest

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Application
from tests.cast import AINO
from tests.web.browser import text_of
from tests.web.form_steps import begin, fill_in

pytestmark = pytest.mark.django_db

RIGHT_TO_LEFT = "\u202e"
PAGES = {
    "name": {"last_name": "Kor\u202ehonen", "first_names": "\u202eAino Inkeri"},
    "address": {"street_address": "\u202e3 utakukiaK", "postcode": "00530\u202e", "city": "\u202eHelsinki"},
    "contact": {
        "email": "aino\u202e@example.com",
        "phone": "\u202e0401234567",
        "postal_address": "PL 1\u202e\n00099 Helsinki\u2066",
        "contact_language": "en",
    },
}


def draft():
    return draft_content_of(Application.objects.get())


@pytest.mark.parametrize("number", ["1e-999999", "1e400", "NaN", "Infinity", "9" * 40_000, "-0", "0x1F"])
def test_an_unbounded_number_is_refused_and_stores_nothing(browser, number):
    begin(browser)
    before = len(bytes(Application.objects.get().draft))

    answer = browser.post("application/home/", tenure="rented-other", area=number, people=number)

    assert answer.status_code == 422
    assert len(bytes(Application.objects.get().draft)) == before


def test_direction_changing_characters_are_never_stored(browser):
    begin(browser)
    for step, answers in PAGES.items():
        assert browser.post(f"application/{step}/", **answers).status_code == 302

    stored = json.dumps(draft().as_json(), ensure_ascii=False)
    facts = draft().adults[draft().main_applicant_id]
    assert RIGHT_TO_LEFT not in stored
    assert not any(unicodedata.category(sign) == "Cf" for sign in stored)
    assert facts["postal_address"] == "PL 1\n00099 Helsinki"
    assert facts["email"] == "aino@example.com"


def test_a_draft_beyond_the_size_limit_is_refused_and_stays_as_it_was(browser, settings):
    fill_in(browser, AINO)
    before = draft()
    settings.MAX_DRAFT_BYTES = len(json.dumps(before.as_json()).encode()) + 1000

    assured = {"facts_are_true": "on", "will_keep_current": "on"}
    answer = browser.post("application/assurance/", further_information="ä" * 1500, **assured)
    kept = browser.post("application/assurance/", further_information="ä" * 200, **assured)

    assert answer.status_code == 422
    assert "The application has too much text in all" in text_of(answer)
    assert "ä" * 1500 in answer.content.decode()
    assert kept.status_code == 302
    assert draft().application["further_information"] == "ä" * 200
