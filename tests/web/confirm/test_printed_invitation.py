"""The pages by which an invitation is printed, and by which its holder comes."""

import re

import pytest

from kanssa.applications.models import Applicant, Application, Invitation
from kanssa.messages.models import Message
from tests.cast import AINO, EINO
from tests.web.browser import Browser, text_of
from tests.web.form_steps import HOUSEHOLD, fill_in, send

pytestmark = pytest.mark.django_db

CODE = re.compile(r"\w{4}-\w{4}-\w{4}")


def name_by_hand(browser: Browser, other) -> dict[str, str]:
    """Name a co-applicant who gets the invitation by hand; return where the form leads."""
    folder = re.sub(r"name/$", "", browser.post("application/co-applicants/")["Location"])
    answer = browser.post(
        f"{folder}name/", last_name=other.last_name, first_names=other.first_names, by_hand="on"
    )
    return {"folder": folder, "next": answer["Location"]}


def sent_by_hand(browser: Browser) -> str:
    """Send Aino's application with Eino by name alone, and identify; return the page of his invitation."""
    fill_in(browser, AINO)
    name_by_hand(browser, EINO)
    browser.post(f"application/{HOUSEHOLD[0][0]}/")
    send(browser)
    browser.identify("aino")
    browser.post("confirming/terms/")
    application = Application.objects.get()
    eino = Applicant.objects.get(is_main=False)
    return f"e-service/{application.pk}/print/{eino.pk}/"


def printed(browser: Browser, path: str) -> str:
    answer = browser.post(path)
    return CODE.search(text_of(browser.get(answer["Location"]))).group()


def test_the_form_asks_only_the_name_of_an_adult_who_gets_the_invitation_by_hand(browser):
    fill_in(browser, AINO)

    led = name_by_hand(browser, EINO)
    summary = text_of(browser.get("application/check/"))

    assert led["next"] == "/en/application/co-applicants/"
    assert "Eino Ensio" in summary
    assert "I will give the invitation myself" in summary
    assert send(browser)


def test_the_page_after_sending_says_when_the_invitation_can_be_printed(browser):
    fill_in(browser, AINO)
    name_by_hand(browser, EINO)
    send(browser)

    page = text_of(browser.get("application/sent/"))

    assert "You give the invitation yourself to: Eino Ensio Korhonen" in page
    assert "Without an e-mail address" not in page


def test_the_code_is_shown_once_with_a_picture_and_the_address_to_type(browser):
    path = sent_by_hand(browser)
    assert path in browser.get(re.sub("print/.*", "", path)).content.decode()

    answer = browser.post(path)
    paper = browser.get(answer["Location"])
    again = text_of(browser.get(path))

    assert CODE.search(text_of(paper))
    assert "/en/invitation/code/" in text_of(paper)
    assert 'class="qr" src="data:image/svg+xml' in paper.content.decode()
    assert "<script" not in paper.content.decode()
    assert not CODE.search(again)
    assert not Message.objects.filter(topic="invitation").exists()


def test_the_holder_of_the_code_comes_and_gives_their_own_part(browser):
    code = printed(browser, sent_by_hand(browser))
    eino = Browser()

    typed = eino.post("invitation/code/", code=f" {code.lower()} ")
    came = eino.identify("eino")
    eino.post("confirming/terms/")
    review = text_of(eino.get(f"confirming/{Application.objects.get().pk}/"))

    assert typed["Location"] == "/en/identification/cookies/"
    assert came["Location"] == "/en/confirming/terms/"
    assert "Complete your own details first" in review
    assert "030587" in review


def test_the_picture_fills_the_code_in_and_tries_nothing(browser):
    code = printed(browser, sent_by_hand(browser))

    page = Browser().get(f"invitation/code/?code={code}")

    assert f'value="{code}"' in page.content.decode()
    assert "Eino" not in text_of(page)


@pytest.mark.parametrize("typed", ["AAAA-BBBB-CCCC", "", "<b>", "k" * 300])
def test_a_wrong_code_is_refused_with_what_helps(browser, typed):
    answer = browser.post("invitation/code/", code=typed)

    assert answer.status_code in (404, 422)
    assert "There is a problem" in text_of(answer)


def test_a_namesake_with_the_code_of_another_is_told_that_it_is_for_another_person(browser):
    code = printed(browser, sent_by_hand(browser))
    otso = Browser()
    otso.post("invitation/code/", code=code)

    assert otso.identify("otso")["Location"] == "/en/confirming/other-person/"
    assert "Ask a clerk to look at it" in text_of(otso.get("confirming/other-person/"))


def test_a_reload_of_the_form_makes_no_second_code_by_itself(browser):
    path = sent_by_hand(browser)
    printed(browser, path)

    browser.get(path)

    assert Invitation.objects.count() == 1
