"""Wrong or missing input, stale forms, and addresses that do not exist."""

import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import APPLY, LANGUAGES

pytestmark = pytest.mark.e2e

CHECK = {"fi": "tarkista/", "sv": "granska/"}


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_page_of_the_form_says_what_is_missing(arrive: Arrive, language: str) -> None:
    visit = arrive(language=language, width=320)
    main = new_person()
    with visit.hurrying():
        visit.begin()
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"last_name": "x" * 300},
        {"hetu": main.hetu[:-1] + "!"},
        {},
        {},
        {"postcode": "5"},
        {"email": "aino@", "phone": "12"},
        {"gross_income": "plenty"},
        {"wealth": "-5"},
    )
    right: tuple[dict[str, str], ...] = (
        {"kind": "ordinary", "language": language},
        {"last_name": main.last_name, "first_names": main.first_names},
        {"hetu": main.hetu.lower().replace("-", " - ")},
        {"citizenship": "FI"},
        {"home_municipality": "091"},
        {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"},
        {"email": f" {main.email} ", "contact_language": language, "phone": ""},
        {"income_source": "wages", "gross_income": "2 350"},
        {"wealth": ""},
    )

    for mistaken, mended in zip(wrong, right, strict=True):
        before = visit.page.url
        with visit.hurrying():
            visit.fill(mistaken)
        assert visit.page.url == before
        assert visit.page.locator(".error-summary").count() == 1
        visit.picture("told")
        with visit.hurrying():
            visit.fill(mended)
        assert visit.page.url != before, visit.text
    visit.open(f"{APPLY[language]}{CHECK[language]}")
    assert visit.page.locator(".error-summary a").count() >= 5
    visit.picture("check-incomplete")


def test_two_adults_cannot_have_the_same_identity_code(arrive: Arrive) -> None:
    visit = arrive()
    main, other = new_person(), new_person()
    with visit.hurrying():
        visit.begin()
        visit.fill({"kind": "ordinary", "language": "fi"})
        visit.fill({"last_name": main.last_name, "first_names": main.first_names})
        visit.fill({"hetu": main.hetu})
        visit.open("/hakemus/kanssahakijat/")
        visit.press(visit.said("Add a co-applicant"))
        visit.fill({"last_name": other.last_name, "first_names": other.first_names})
        visit.fill({"hetu": main.hetu})
    assert visit.page.locator(".error-summary").count() == 1
    visit.picture("the-same-code")


def test_an_old_form_token_keeps_what_was_typed(arrive: Arrive) -> None:
    visit = arrive()
    with visit.hurrying():
        visit.begin()
        visit.fill({"kind": "ordinary", "language": "fi"})
    visit.page.locator("input[name=last_name]").fill("Haapakoski")
    visit.page.locator("input[name=first_names]").fill("Kerttu")

    visit.page.context.clear_cookies(name="kanssa_form")
    visit.submit()

    assert visit.page.locator("input[name=last_name]").input_value() == "Haapakoski"
    visit.picture("old-token")
    visit.submit()
    assert visit.page.locator("input[name=hetu]").count() == 1


def test_a_draft_open_in_two_tabs_says_so(arrive: Arrive) -> None:
    visit = arrive()
    with visit.hurrying():
        visit.begin()
        visit.fill({"kind": "ordinary", "language": "fi"})
    second = visit.page.context.new_page()
    second.goto(visit.page.url)
    with visit.hurrying():
        visit.fill({"last_name": "Haapakoski", "first_names": "Kerttu"})
    visit.page = second
    with visit.hurrying():
        visit.fill({"last_name": "Wikholm", "first_names": "Kerttu"})

    assert visit.said("You had this application open in another tab too") in visit.text
    visit.picture("overwrote")
    visit.open("/hakemus/nimi/")
    assert visit.page.locator("input[name=last_name]").input_value() == "Wikholm"


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_addresses_and_wrong_methods_have_a_page(arrive: Arrive, language: str) -> None:
    visit = arrive(language=language)

    visit.open("/nowhere/")
    assert visit.heading == visit.said("There is no page at this address.")
    visit.picture("nowhere")
    visit.open({"fi": "/hakemus/laheta/", "sv": "/ansokan/skicka/", "en": "/application/send/"}[language])
    assert visit.heading == visit.said("This page cannot be opened in this way.")
    visit.picture("method-not-allowed")
    visit.open({"fi": "/hakemus/nimi/", "sv": "/ansokan/namn/", "en": "/application/name/"}[language])
    visit.picture("no-draft")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_pages_pass_the_page_checks(arrive: Arrive, language: str) -> None:
    visit = arrive(language=language, width=320)
    visit.open("/")
    visit.picture("front")
    addresses = visit.page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.pathname)")

    for address in dict.fromkeys(addresses):
        if address.startswith(f"/{language}/"):
            visit.page.goto(f"{visit.base_url}{address}")
            visit.picture(address.strip("/").replace("/", "-"))
