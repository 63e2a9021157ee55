import re
from dataclasses import replace
from uuid import uuid4

import pytest

from kanssa.applications.models import Application, Invitation, Version
from kanssa.messages.models import Message
from tests.actions import corrected
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    OTHER_DETAILS,
    OTSO,
    CastMember,
    arrived,
    completed,
    confirmed,
    joined,
    loaded_application,
    sent,
)
from tests.web.browser import Browser, text_of
from tests.web.form_steps import add_co_applicant, fill_in, send

pytestmark = pytest.mark.django_db

CHECK = "application/check/"
SAVE = "application/edit/save/"


def valid_of_two():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    joined(application, EINO)
    return application


def begin_edit(browser, application, who="aino"):
    browser.identify(who)
    return browser.send(f"e-service/{application.pk}/edit/")


def save(browser):
    """Press the save button on the page with all changes."""
    revision = re.search(r'name="revision" value="(\d+)"', browser.get(CHECK).content.decode())
    return browser.send(SAVE, revision=revision[1] if revision else "")


def saved(browser):
    return text_of(browser.get(save(browser)["Location"]))


def test_an_edit_begins_at_all_answers_with_nothing_changed(browser):
    application = valid_of_two()

    answer = begin_edit(browser, application)

    page = text_of(browser.get(answer["Location"]))
    assert answer["Location"] == "/en/application/check/"
    assert "Edit the application" in page
    assert "Nothing is changed so far" in page
    assert "Save the changes" not in page
    assert "Kaikukatu 3" in page


def test_a_change_of_wishes_is_shown_beside_the_old_value_and_needs_no_confirmation(browser):
    begin_edit(browser, valid_of_two())

    browser.post("application/wishes/?back=check", rooms_first="2", highest_rent="1100")

    page = text_of(browser.get(CHECK))
    assert "Before : 900 € Now : 1,100 €" in page
    assert "These changes do not need confirmation" in page
    assert "They do not need any new confirmations" in saved(browser)
    assert Application.objects.get().state == "valid"


def test_a_change_of_own_income_needs_only_ones_own_confirmation(browser):
    application = valid_of_two()
    begin_edit(browser, application)

    browser.post("application/income/?back=check", income_source="wages", gross_income="4000")

    page = text_of(browser.get(CHECK))
    assert "Before : 2,350 € Now : 4,000 €" in page
    assert "These changes concern only you" in page
    assert "the application stays valid as it was confirmed before" in page
    status = saved(browser)
    assert "Only you need to confirm the changed application" in status
    assert "The application is valid" in status
    assert "A change is waiting to be confirmed" in status
    assert "Your own confirmation of the change is missing" in status


def test_a_change_of_the_household_needs_every_adults_confirmation(browser):
    begin_edit(browser, valid_of_two())

    browser.post("application/need/?back=check", reasons="separation")

    assert "every adult must confirm the changed application" in text_of(browser.get(CHECK))
    assert "Every adult needs to confirm the changed application" in saved(browser)


def test_a_new_co_applicant_is_invited_when_the_edit_is_saved(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    before = Invitation.objects.count()

    add_co_applicant(browser, HILMA)

    page = text_of(browser.get(CHECK))
    assert "Hilma Maria Lindqvist On the application Before : No Now : Yes" in page
    assert Invitation.objects.count() == before
    save(browser)
    assert Invitation.objects.count() == before + 1


def test_each_page_of_an_edit_leads_back_to_all_changes(browser):
    begin_edit(browser, valid_of_two())

    onward = [
        browser.post("application/wishes/", rooms_first="3", highest_rent="900")["Location"],
        browser.post("application/name/", last_name="Korhonen", first_names="Aino")["Location"],
    ]

    assert onward == ["/en/application/check/"] * 2
    for list_of_people in ("co-applicants", "others"):
        page = browser.get(f"application/{list_of_people}/").content.decode()
        assert page.count('href="/en/application/check/"') == 2


def test_the_main_applicants_identity_is_not_asked_again(browser):
    begin_edit(browser, valid_of_two())

    assert AINO.hetu[:7] not in text_of(browser.get(CHECK))
    assert browser.get("application/identity-code/").status_code == 404
    assert browser.get("application/birth/").status_code == 404


def test_input_about_a_co_applicant_is_kept_in_the_edit_after_they_identify(browser):
    application = sent(AINO, EINO)
    arrived(AINO)
    begin_edit(browser, application)
    eino = application.applicants.get(is_main=False).pk
    page = f"application/co-applicants/{eino}/contact/"
    browser.post(page, email="typed-by-aino@example.com", contact_language="fi")

    completed(application, arrived(EINO))

    assert "typed-by-aino" in text_of(browser.get(CHECK))
    assert browser.post(page, email="again@example.com", contact_language="fi").status_code == 302
    save(browser)
    assert loaded_application(application).facts_of(eino)["email"] == EINO.email


def test_an_edit_shows_nothing_that_another_adult_typed_about_themselves(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    who = arrived(EINO)
    completed(application, who)
    corrected(application, who, {"email": "canary-mail@example.com", "first_names": "Canary"})
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")

    pages = [browser.get(CHECK), browser.get("application/co-applicants/")]
    pages.append(browser.get(save(browser)["Location"]))

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        for canary in ("canary-mail", "Canary", EINO.hetu):
            assert canary not in html
    changes = text_of(pages[0]).split("The application as you have it now")[0]
    assert "Eino" not in changes


def test_a_shared_address_is_reported_only_as_the_editor_typed_it(browser):
    sharing = CastMember(EINO.last_name, EINO.first_names, EINO.hetu, AINO.email)
    application = sent(AINO, sharing)
    begin_edit(browser, application)
    assert "Two adults have the same e-mail address" in text_of(browser.get(CHECK))

    corrected(application, arrived(sharing), {"email": "own@example.com", **OTHER_DETAILS})

    assert "Two adults have the same e-mail address" in text_of(browser.get(CHECK))


def test_missing_answers_are_shown_and_prevent_saving(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    key = uuid4()
    browser.post(f"application/co-applicants/{key}/name/", last_name="Lindqvist", first_names="Hilma")

    answer = save(browser)

    page = text_of(answer)
    assert answer.status_code == 422
    assert "Complete these before you save" in page
    assert f"/en/application/co-applicants/{key}/identity-code/?back=check" in answer.content.decode()
    assert "Save the changes" not in page
    assert Version.objects.filter(application=application).count() == 2


def test_leaving_an_edit_changes_nothing(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")

    answer = browser.send("application/edit/leave/")

    assert "You left without saving" in text_of(browser.get(answer["Location"]))
    assert "Edit the application" in text_of(browser.last)
    assert loaded_application(application).current.content.need == {"reasons": ["crowded"]}


def test_an_edit_is_continued_in_another_browser(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")

    other = Browser()
    other.identify("aino")

    listed = text_of(other.get("e-service/"))
    status = text_of(other.get(f"e-service/{application.pk}/"))
    assert "You have started editing" in listed
    assert "Continue editing" in status
    other.send(f"e-service/{application.pk}/edit/")
    assert "every adult must confirm" in text_of(other.get(CHECK))


def test_an_edit_without_changes_says_so(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/wishes/?back=check", rooms_first="2", highest_rent="900")

    assert "Nothing was changed" in saved(browser)
    assert Version.objects.filter(application=application).count() == 2


def test_the_second_of_two_presses_leads_to_the_same_page(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")
    tab = browser.copy()

    first, second = save(browser), tab.send(SAVE, revision="99")

    assert second["Location"] == first["Location"]
    assert Version.objects.filter(application=application).count() == 3


def test_a_page_that_does_not_show_all_changes_does_not_save_them(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/wishes/?back=check", rooms_first="2", highest_rent="1100")
    stale = re.search(r'name="revision" value="(\d+)"', browser.get(CHECK).content.decode())[1]
    browser.post("application/need/?back=check", reasons="separation")

    answer = browser.send(SAVE, revision=stale)

    assert answer.status_code == 409
    assert "You made more changes in another tab" in text_of(answer)
    assert Version.objects.filter(application=application).count() == 2


def test_a_page_of_an_edit_saved_in_another_tab_says_so(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")
    tab = browser.copy()
    save(browser)

    answer = tab.get(CHECK)

    assert answer.status_code == 409
    assert "This application is sent already" in text_of(answer)
    assert "choose “Edit the application” on its page" in text_of(answer)


def test_an_edit_survives_an_idle_sign_out(browser, clock):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.post("application/need/?back=check", reasons="separation")
    clock.passes(minutes=31)

    answer = browser.get(CHECK)
    browser.get("e-service/log-in/")
    landing = browser.identify("aino")

    assert answer.status_code == 401
    assert "Identify yourself again to continue editing" in text_of(answer)
    assert "half an hour without use" in text_of(answer)
    assert landing["Location"] == "/en/application/check/"
    assert "every adult must confirm" in text_of(browser.get(CHECK))


def test_a_person_who_signed_out_during_an_edit_is_not_told_that_they_were_idle(browser):
    application = valid_of_two()
    begin_edit(browser, application)
    browser.copy().send("e-service/sign-out/")

    answer = browser.get(CHECK)

    assert "Identify yourself again to continue editing" in text_of(answer)
    assert "half an hour" not in text_of(answer)
    assert "are kept for you" in text_of(answer)


def test_another_person_in_the_same_browser_does_not_see_the_edit(browser, clock):
    application = valid_of_two()
    begin_edit(browser, application)
    clock.passes(minutes=31)

    browser.get("e-service/log-in/")
    browser.identify("eino")

    assert browser.get(CHECK).status_code == 403
    assert "2,350" not in browser.last.content.decode()


def test_the_browsers_draft_waits_while_another_application_is_edited(browser):
    browser.post("application/")
    browser.post("application/name/", last_name="Korhonen", first_names="Drafted")
    application = valid_of_two()
    begin_edit(browser, application)
    assert "Drafted" not in text_of(browser.get(CHECK))

    browser.send("application/edit/leave/")

    assert "Drafted" in text_of(browser.get(CHECK))


def test_another_adult_cannot_edit(browser):
    application = valid_of_two()

    refused = begin_edit(browser, application, "eino")

    assert refused.status_code == 403
    assert "Only the main applicant can change" in text_of(refused)
    assert begin_edit(Browser(), application, "otso").status_code == 404
    assert Browser().get(CHECK).status_code in (403, 404)
    assert "Edit the application" not in text_of(browser.get(f"e-service/{application.pk}/"))


# The browser that sent the application


def test_the_sending_browser_edits_until_the_main_applicant_identifies(browser):
    fill_in(browser, AINO, EINO)
    reference = send(browser)
    written = Message.objects.count()

    browser.send("application/edit/")
    browser.post("application/identity-code/?back=check", hetu=OTSO.hetu)

    page = text_of(browser.get(CHECK))
    assert "140288-**** Now : 091163-****" in page
    sent_page = saved(browser)
    assert "Your changes are saved" in sent_page
    assert reference in sent_page
    assert Message.objects.count() == written
    arrived(EINO)
    assert browser.send("application/edit/").status_code == 302
    arrived(replace(AINO, hetu=OTSO.hetu))
    assert browser.send("application/edit/").status_code == 401


def test_a_different_code_with_the_same_visible_part_is_marked_as_another(browser):
    fill_in(browser, AINO)
    send(browser)
    browser.send("application/edit/")

    browser.post("application/identity-code/?back=check", hetu="140288-902E")

    assert "140288-**** (another one)" in text_of(browser.get(CHECK))


def test_the_sending_browser_can_withdraw(browser):
    fill_in(browser, AINO, EINO)
    send(browser)

    asked = text_of(browser.get("application/withdraw/"))
    assert Application.objects.get().state == "sent"
    answer = browser.post("application/withdraw/")

    assert "Withdraw the application?" in asked
    assert "The application was withdrawn" in text_of(browser.get(answer["Location"]))
    assert Application.objects.get().state == "withdrawn"
    assert browser.send("application/withdraw/").status_code == 409


@pytest.mark.parametrize("who", [AINO, EINO])
def test_the_sending_browser_cannot_withdraw_after_an_identification_or_confirmation(browser, who):
    fill_in(browser, AINO, EINO)
    send(browser)
    if who is AINO:
        arrived(AINO)
    else:
        joined(Application.objects.get(), EINO)

    assert browser.send("application/withdraw/").status_code == 401
    assert Application.objects.get().state == "sent"


def test_the_page_after_sending_redirects_an_identified_person_to_the_status(browser):
    fill_in(browser, AINO)
    send(browser)
    browser.identify("aino")

    answer = browser.get("application/sent/")

    assert answer["Location"] == f"/en/e-service/{Application.objects.get().pk}/"
