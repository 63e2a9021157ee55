"""The page of one's own sign-ins, and the password and second factor of one's username."""

import re

import pytest

from kanssa.accounts.models import AccountCode
from tests.cast import AINO, sent
from tests.staff import code_of
from tests.web.account.test_username import MAILBOX, NEW_PASSWORD, PASSWORD, log_in, with_username
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

OWN, CODE = "e-service/sign-ins/", "e-service/who-you-are/code/"


def listed_codes(browser):
    return re.findall(r"\b(?:[2-9a-z]{4}-){3}[2-9a-z]{4}\b", text_of(browser.send(f"{OWN}codes/")))


def by_password():
    browser = Browser()
    log_in(browser)
    return browser


def test_the_page_shows_the_latest_sign_ins_and_the_username():
    browser = with_username(sent(AINO))

    page = text_of(browser.get(OWN))

    assert "At the service desk" in page
    assert "With a username: password and activation code This sign-in" in page
    assert MAILBOX in page


def test_a_person_without_a_username_sees_their_sign_ins_alone(browser):
    browser.identify("aino")

    page = text_of(browser.get(OWN))

    assert "With online banking credentials" in page
    assert "Second factor" not in page
    assert browser.get(f"{OWN}password/")["Location"] == f"/en/{OWN}"


def test_a_password_alone_does_not_open_the_page():
    with_username(sent(AINO))

    assert by_password().get(OWN)["Location"] == "/en/e-service/who-you-are/"


def test_an_authenticator_is_set_up_and_then_opens_the_wanted_page(clock):
    application = sent(AINO)
    browser = with_username(application)
    assert browser.send(f"{OWN}authenticator/begin/")["Location"] == f"/en/{OWN}authenticator/"
    secret = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", text_of(browser.get(f"{OWN}authenticator/")))[1]
    wrong = browser.post(f"{OWN}authenticator/", code="000000")
    assert wrong.status_code == 403
    assert "The code is wrong" in text_of(wrong)
    code = code_of(secret.replace(" ", ""), clock.time)
    assert browser.post(f"{OWN}authenticator/", code=code)["Location"] == f"/en/{OWN}"
    assert "The authenticator app is set up" in text_of(browser.get(OWN))
    clock.passes(minutes=5)
    later = by_password()
    wanted = later.get(OWN)["Location"].removeprefix("/en/")
    assert "With your second factor" in text_of(later.get(wanted))

    opened = later.post(CODE, code=code_of(secret.replace(" ", ""), clock.time))

    assert opened["Location"] == f"/en/{OWN}"
    page = text_of(later.get(OWN))
    assert "password and second factor" in page
    assert "To change the second factor, identify yourself" in page


def test_a_list_of_codes_is_shown_once_and_a_wrong_code_keeps_the_page():
    browser = with_username(sent(AINO))
    codes = listed_codes(browser)
    assert len(codes) == AccountCode.objects.count() == 10
    assert not any(code in text_of(browser.get(OWN)) for code in codes)
    later = by_password()

    wrong = later.post(CODE, code="abcd-efgh-2345-6789")
    assert wrong.status_code == 403
    assert "The code is wrong or has been used" in text_of(wrong)
    assert later.post(CODE, code=codes[0])["Location"].startswith("/en/")
    assert "Codes left on your list 9" in text_of(later.get(OWN))


def test_the_code_page_leads_on_without_a_second_factor():
    with_username(sent(AINO))

    assert by_password().get(CODE)["Location"] == "/en/e-service/who-you-are/"


def test_both_can_be_removed():
    browser = with_username(sent(AINO))
    listed_codes(browser)

    browser.send(f"{OWN}remove/")

    page = text_of(browser.get(OWN))
    assert "The authenticator app and the list of codes are removed" in page
    assert "Codes left on your list 0" in page
    assert "With your second factor" not in text_of(by_password().get("e-service/who-you-are/"))


def test_the_password_is_changed_with_the_current_one():
    browser = with_username(sent(AINO))

    wrong = browser.post(f"{OWN}password/", current="wrong", password=NEW_PASSWORD)
    assert wrong.status_code == 403
    assert "The current password is wrong" in text_of(wrong)
    weak = browser.post(f"{OWN}password/", current=PASSWORD, password="short")
    assert weak.status_code == 422
    assert (
        browser.post(f"{OWN}password/", current=PASSWORD, password=NEW_PASSWORD)["Location"] == f"/en/{OWN}"
    )

    assert "Your password is changed" in text_of(browser.get(OWN))
    assert log_in(Browser(), NEW_PASSWORD).status_code == 302
