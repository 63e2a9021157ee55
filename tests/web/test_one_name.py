"""A person with one name types it once."""

import pytest

from kanssa.applications.content.content import first_name, full_name, name_in
from kanssa.applications.content.form import PERSON, RESIDENT, missing_fields
from kanssa.applications.models import Application
from kanssa.values.names import Name
from tests.cast import AINO, EINO, arrived, loaded_application
from tests.web.browser import text_of
from tests.web.form_steps import add_co_applicant, begin, fill_in, send

pytestmark = pytest.mark.django_db

ONE_NAME = {"last_name": "", "first_names": "Arkfreith", "one_name": "on"}


def missing_names_of(fields, **given):
    return [name for name in missing_fields(fields, given) if name.endswith(("name", "names"))]


@pytest.mark.parametrize("fields", [PERSON, RESIDENT])
@pytest.mark.parametrize("field", ["last_name", "first_names"])
def test_one_name_is_enough_for_a_person_who_has_only_one(fields, field):
    other = {"last_name": "first_names", "first_names": "last_name"}[field]

    assert missing_names_of(fields, **{field: "Arkfreith", "one_name": True}) == []
    assert missing_names_of(fields, **{field: "Arkfreith"}) == [other]
    assert missing_names_of(fields, one_name=True) == ["first_names"]


@pytest.mark.parametrize("field", ["last_name", "first_names"])
def test_a_person_with_one_name_is_called_by_it_and_matched_as_strictly(field):
    person = {field: "Arkfreith", "one_name": True}

    assert first_name(person) == full_name(person) == "Arkfreith"
    assert name_in(person).agreement(Name("Arkfreith")).both
    assert not name_in(person).agreement(Name("Arkfreith", "Omar")).both
    assert not name_in(person).agreement(Name("Osman")).either


def test_an_application_is_sent_and_identified_with_one_name(browser):
    fill_in(browser, AINO, EINO)
    browser.post("application/name/", **ONE_NAME)
    check = text_of(browser.get("application/check/"))

    reference = send(browser)

    assert "Arkfreith" in check
    assert "Only one name" in check
    application = Application.objects.get(reference=reference)
    arrived(AINO, sent_here=application)
    household = loaded_application(application)
    assert full_name(household.facts_of(household.main_applicant.pk)) == "Arkfreith"


def test_both_names_are_required_otherwise(browser):
    begin(browser)

    answer = browser.post("application/name/", last_name="", first_names="Arkfreith")

    assert answer.status_code == 422
    assert "An answer is needed: Last name" in text_of(answer)


def test_a_co_applicant_and_a_resident_may_have_one_name(browser):
    fill_in(browser, AINO)
    folder = add_co_applicant(browser, EINO)
    child = ONE_NAME | {"born": "1.1.2020", "occupancy": "full-time"}

    named = browser.post(f"{folder}name/", **ONE_NAME)
    there = browser.post("application/others/")["Location"]
    added = browser.post(there, **child)

    assert (named.status_code, added.status_code) == (302, 302)
    assert send(browser)


def test_a_person_who_gives_two_names_has_more_than_one(browser):
    fill_in(browser, AINO)

    browser.post("application/name/", last_name="Korhonen", first_names="Aino", one_name="on")

    assert "Only one name" not in text_of(browser.get("application/check/"))
