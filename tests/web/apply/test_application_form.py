import re

import pytest
from django.test import Client

from kanssa.applications.models import Application
from kanssa.messages.models import Message
from tests.cast import AINO, EINO, CastMember
from tests.web.browser import Browser, text_of
from tests.web.form_steps import add_co_applicant, begin, fill_in, send

pytestmark = pytest.mark.django_db

SEVENTEEN = "311209A9001"


def test_a_filled_in_application_is_sent_but_not_yet_valid(browser):
    fill_in(browser, AINO, EINO)

    reference = send(browser)

    page = text_of(browser.get("application/sent/"))
    assert re.fullmatch(r"H-26-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}", reference)
    assert "Your application is sent, but it is not yet valid" in page
    assert "Go on to confirm the application" in page
    assert "Identify at the service desk" in page


def test_sending_writes_only_an_acknowledgement_to_the_main_applicant(browser):
    fill_in(browser, AINO, EINO)

    send(browser)

    assert list(Message.objects.values_list("topic", flat=True)) == ["received"]


def test_sending_twice_is_one_application(browser):
    fill_in(browser, AINO)
    reference = send(browser)

    again = browser.send("application/send/")

    assert again.status_code == 302
    assert reference in text_of(browser.get("application/sent/"))
    assert Application.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_page_with_an_error_keeps_the_input_and_links_to_the_field(browser):
    begin(browser)

    answer = browser.post("application/name/", last_name="Korhonen", first_names="Корхонен")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Korhonen"' in page
    assert 'value="Корхонен"' in page
    assert '<a href="#id_first_names">' in page
    assert "<title>Error:" in page


def test_a_required_answer_left_empty_is_asked_for(browser):
    begin(browser)

    answer = browser.post("application/name/", last_name="", first_names="Aino")

    assert "An answer is needed: Last name" in text_of(answer)


def test_a_main_applicant_who_is_17_is_refused(browser):
    begin(browser)
    browser.post("application/name/", last_name="Korhonen", first_names="Onni")

    answer = browser.post("application/identity-code/", hetu=SEVENTEEN)

    assert "An applicant must be 18" in text_of(answer)


def test_a_17_year_old_co_applicant_belongs_among_the_residents(browser):
    begin(browser)
    folder = re.sub(r"name/$", "", browser.post("application/co-applicants/")["Location"])
    browser.post(f"{folder}name/", last_name="Korhonen", first_names="Onni")

    answer = browser.post(f"{folder}identity-code/", hetu=SEVENTEEN)

    assert "An applicant must be 18. Add younger people among the others" in text_of(answer)


def test_an_adult_resident_belongs_among_the_co_applicants(browser):
    begin(browser)
    there = browser.post("application/others/")["Location"]

    answer = browser.post(
        there, last_name="Korhonen", first_names="Eino", hetu=EINO.hetu, occupancy="full-time"
    )

    assert "Add them as a co-applicant instead" in text_of(answer)


def test_two_adults_with_one_identity_code_are_refused(browser):
    begin(browser)
    browser.post("application/identity-code/", hetu=AINO.hetu)
    folder = re.sub(r"name/$", "", browser.post("application/co-applicants/")["Location"])
    browser.post(f"{folder}name/", last_name="Korhonen", first_names="Eino")

    answer = browser.post(f"{folder}identity-code/", hetu=AINO.hetu.lower())

    assert "Another person on this application has the same personal identity code" in text_of(answer)


def test_an_e_mail_address_shared_by_two_adults_is_warned_about_but_accepted(browser):
    sharing = CastMember(EINO.last_name, EINO.first_names, EINO.hetu, AINO.email)
    fill_in(browser, AINO, sharing)

    warned = text_of(browser.get("application/check/"))

    assert "Two adults have the same e-mail address" in warned
    assert send(browser)


def test_a_fifth_co_applicant_is_refused(browser):
    begin(browser)
    for number in range(4):
        add_co_applicant(browser, CastMember("Korhonen", f"Eino {'ABCD'[number]}", "", "eino@example.com"))

    page = browser.get("application/co-applicants/").content.decode()
    browser.post("application/co-applicants/")
    fifth = browser.last["Location"]
    answer = browser.post(fifth, last_name="Korhonen", first_names="Viides")

    assert "Add a co-applicant" not in page
    assert "at most four co-applicants" in text_of(answer)


def test_an_incomplete_application_is_not_sent_and_says_what_is_missing(browser):
    begin(browser)

    answer = browser.send("application/send/")

    assert answer.status_code == 422
    assert "Complete these before you send" in text_of(answer)
    assert not Application.objects.exclude(state="draft").exists()


def test_an_identity_code_is_not_shown_again_and_an_empty_field_keeps_it(browser):
    fill_in(browser, AINO)

    page = browser.get("application/identity-code/").content.decode()
    browser.post("application/identity-code/", hetu="")

    assert AINO.hetu not in page
    assert AINO.hetu not in browser.get("application/check/").content.decode()
    assert send(browser)


def test_a_person_without_a_code_is_asked_for_birth_date_and_nationality(browser):
    begin(browser)

    onward = browser.post("application/identity-code/", no_hetu="on")
    answer = browser.post(onward["Location"], born="14.2.1988", nationality="EE")

    assert onward["Location"].endswith("/application/birth/")
    assert answer.status_code == 302


def test_a_citizen_of_a_distant_country_is_asked_for_a_residence_permit(browser):
    begin(browser)

    assert browser.post("application/background/", citizenship="SO")["Location"].endswith("/permit/")
    assert browser.post("application/background/", citizenship="SE")["Location"].endswith("/municipality/")


def test_of_two_tabs_the_newer_save_wins_and_says_so(browser):
    begin(browser)
    browser.get("application/name/")
    browser.post("application/name/", last_name="Korhonen", first_names="Aino")

    browser.send("application/name/", last_name="Virtanen", first_names="Aino", revision="0")

    page = browser.get("application/identity-code/")
    assert "You had this application open in another tab too" in text_of(page)
    assert "Virtanen" in text_of(browser.get("application/check/"))


def test_an_expired_form_token_keeps_the_input_and_saves_nothing(browser):
    begin(browser)
    browser.get("application/name/")

    answer = browser.send(
        "application/name/", last_name="Korhonen", first_names="Aino", csrfmiddlewaretoken="x" * 64
    )

    page = answer.content.decode()
    assert "The page had been open too long" in page
    assert 'value="Korhonen"' in page
    assert "Korhonen" not in text_of(browser.get("application/check/"))


def test_a_form_from_another_site_is_refused_and_not_shown(browser):
    begin(browser)

    answer = browser.client.post(
        "/en/application/name/", {"last_name": "Mallory"}, headers={"origin": "https://elsewhere.example"}
    )

    assert answer.status_code == 403
    assert "Mallory" not in answer.content.decode()


def test_a_browser_without_cookies_is_told_how_to_allow_them():
    answer = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1").post("/en/application/")

    assert answer.status_code == 403
    assert "How to allow cookies" in text_of(answer)


def test_another_browser_does_not_see_the_draft(browser):
    fill_in(browser, AINO)
    other = Browser()
    begin(other)

    assert "Korhonen" not in text_of(other.get("application/check/"))


def test_the_draft_is_kept_when_the_language_changes(browser):
    fill_in(browser, AINO)

    page = browser.get("/sv/ansokan/granska/")

    assert page.status_code == 200
    assert "Korhonen" in text_of(page)


def test_a_co_applicant_without_e_mail_must_be_reachable_otherwise(browser):
    without = CastMember(EINO.last_name, EINO.first_names, EINO.hetu, "")
    begin(browser)
    folder = re.sub(r"name/$", "", browser.post("application/co-applicants/")["Location"])
    browser.post(f"{folder}name/", last_name=without.last_name, first_names=without.first_names)
    browser.post(f"{folder}identity-code/", hetu=without.hetu)

    answer = browser.post(f"{folder}contact/", email="", contact_language="en")
    kept = browser.post(f"{folder}contact/", phone="040 123 4567", contact_language="en")

    assert "Give an e-mail address, a mobile phone number or a postal address" in text_of(answer)
    assert kept.status_code == 302


def test_going_back_after_sending_says_that_it_is_sent_and_leads_on(browser):
    fill_in(browser, AINO)
    send(browser)

    answer = browser.get("application/check/")

    assert answer.status_code == 409
    assert "This application is sent already" in text_of(answer)
    assert "/en/application/sent/" in answer.content.decode()


def test_a_page_shows_all_its_errors_at_once(browser):
    begin(browser)

    answer = browser.post("application/income/", income_source="", gross_income="paljon")

    assert "Write the amount in euros" in text_of(answer)
    assert "An answer is needed: Main source of income" in text_of(answer)


def test_a_page_about_a_co_applicant_names_them(browser):
    begin(browser)
    folder = add_co_applicant(browser, EINO)

    assert "Co-applicant: Eino Ensio Korhonen" in text_of(browser.get(f"{folder}identity-code/"))


def test_the_number_of_residents_is_limited(browser, settings):
    settings.MAX_RESIDENTS = 1
    begin(browser)
    child = {"last_name": "Korhonen", "first_names": "Onni", "born": "1.1.2020", "occupancy": "full-time"}
    browser.post(browser.post("application/others/")["Location"], **child)

    answer = browser.post(browser.post("application/others/")["Location"], **child)

    assert "at most twenty others" in text_of(answer)
