"""A draft is continued later, on any device, by a mailed link."""

import pytest

from kanssa.applications.models import Application
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.cast import AINO, EINO
from tests.web.browser import Browser, text_of
from tests.web.form_steps import begin, fill_in, send

pytestmark = pytest.mark.django_db

PAGES = ("application/name/", "application/co-applicants/", "application/others/", "application/check/")


@pytest.fixture
def filled(browser) -> Browser:
    fill_in(browser, AINO, EINO)
    return browser


@pytest.fixture
def other() -> Browser:
    """Another device."""
    return Browser()


def mail_link(browser, address="aino@example.com") -> str:
    """Have a link mailed; return its path."""
    browser.post("application/continue-later/", email=address)
    message = Message.objects.filter(topic="draft_link").latest("written_at")
    return f"application/continue/{read_contents(message)[1]['token']}/"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_form_offers_to_continue_later(filled, path):
    assert "/en/application/continue-later/" in filled.get(path).content.decode()


def test_the_main_applicants_address_is_filled_in_already(filled):
    assert 'value="aino@example.com"' in filled.get("application/continue-later/").content.decode()


def test_a_draft_is_continued_on_another_device(filled, other):
    link = mail_link(filled)

    answer = other.post(link)

    assert answer["Location"] == "/en/application/check/"
    page = text_of(other.get("application/check/"))
    assert "Korhonen" in page
    assert "Kaikukatu 3" in page
    other.post("application/wishes/", rooms_first="3", highest_rent="1000")
    assert "1,000" in text_of(filled.get("application/check/"))
    assert send(other)


def test_opening_the_link_changes_nothing_and_shows_nothing_of_the_draft(filled, other):
    link = mail_link(filled)
    before = Event.objects.count()

    page = other.get(link)
    other.client.head(f"/en/{link}")

    whole = page.content.decode()
    assert page.status_code == 200
    assert not any(word in whole for word in ("Korhonen", "Aino", "Eino", "aino@", "Kaikukatu", AINO.hetu))
    assert Event.objects.count() == before
    assert other.get("application/check/").status_code == 404


def test_a_resumed_draft_shows_only_that_an_identity_code_is_given(filled, other):
    here = text_of(filled.get("application/check/"))
    other.post(mail_link(filled))

    there = text_of(other.get("application/check/"))

    for code in (AINO.hetu, EINO.hetu):
        assert code[:7] in here
        assert code[:6] not in there
    assert there.count("identity code Given") == 2
    assert AINO.hetu[:6] not in other.get("application/identity-code/").content.decode()


def test_too_many_links_to_a_mailbox_are_refused_with_the_time_and_the_input(filled):
    for _time in range(5):
        answer = filled.post("application/continue-later/", email="eino@example.com")
        assert answer["Location"] == "/en/application/continue-later/sent/"

    refused = filled.post("application/continue-later/", email="eino@example.com")

    assert refused.status_code == 429
    assert 'value="eino@example.com"' in refused.content.decode()
    assert "You can try again after 13.00 on 25.11.2026." in text_of(refused)
    assert Message.objects.filter(topic="draft_link").count() == 5


@pytest.mark.parametrize("address", ["", "aino@", "aino@example.com, eino@example.com"])
def test_an_invalid_address_is_asked_for_again(filled, address):
    answer = filled.post("application/continue-later/", email=address)

    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()
    assert not Message.objects.filter(topic="draft_link").exists()


def test_a_replaced_link_says_so(filled, other):
    former = mail_link(filled)
    opened_before = other.get(former)
    mail_link(filled)

    answers = [other.get(former), other.send(former)]

    assert opened_before.status_code == 200
    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("replaced by a newer one" in text_of(answer) for answer in answers)


def test_the_link_of_a_sent_application_says_so_and_leads_to_logging_in(filled, other):
    link = mail_link(filled)
    send(filled)

    answer = other.get(link)

    assert answer.status_code == 410
    assert "is sent already" in text_of(answer)
    assert "/en/e-service/log-in/" in answer.content.decode()


def test_the_link_of_an_outdated_draft_says_so(filled, other, clock):
    link = mail_link(filled)
    clock.passes(days=31)

    answer = other.get(link)

    assert answer.status_code == 410
    assert "nothing was changed in it for 30 days" in text_of(answer)


def test_an_incomplete_link_says_so(filled, other):
    answer = other.get(mail_link(filled)[:-3] + "/")

    assert answer.status_code == 404
    assert "The link may be incomplete" in text_of(answer)


def test_a_browser_that_resumed_by_link_loses_access_when_the_other_sends(filled, other):
    other.post(mail_link(filled))

    send(filled)

    for path in ("application/check/", "application/sent/", "application/name/"):
        answer = other.get(path)
        assert answer.status_code in (409, 410)
        assert "Korhonen" not in answer.content.decode()


def test_a_browser_with_another_application_is_warned(filled, other):
    begin(other)

    page = text_of(other.get(mail_link(filled)))

    assert "This browser holds another application" in page
    assert Application.objects.count() == 2


def test_a_resumed_draft_hides_the_codes_after_identifying_too(filled, other):
    other.post(mail_link(filled))
    other.identify("otso")

    assert AINO.hetu[:6] not in text_of(other.get("application/check/"))
