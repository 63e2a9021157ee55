from urllib.parse import parse_qs, urlsplit

import pytest

from kanssa.evidence.models import Event
from kanssa.identification.models import Identification
from kanssa.messages.models import Message
from tests.cast import AINO, EINO, sent
from tests.web.browser import Browser, text_of
from tests.web.form_steps import fill_in, send

pytestmark = pytest.mark.django_db

IDLE = "the sign-in ends after half an hour without use"


def leaving(browser):
    browser.post("identification/cookies/")
    return browser.send("identification/bank/")


def test_cookies_must_be_accepted_before_identifying(browser):
    first = browser.get("identification/")
    accepted = browser.post("identification/cookies/")
    after = text_of(browser.get(accepted["Location"]))

    assert first["Location"] == "/en/identification/cookies/"
    assert "Continue to identification" in after
    assert browser.get("identification/").status_code == 200


def test_a_browser_that_loses_the_cookie_is_told_how_to_allow_them():
    answer = Browser().get("identification/cookies/?accepted")

    assert answer.status_code == 403
    assert "How to allow cookies" in text_of(answer)


def test_the_desk_is_offered_beside_the_brokers(browser):
    browser.post("identification/cookies/")

    page = text_of(browser.get("identification/"))

    assert "Log in with online banking credentials" in page
    assert "Identify at the service desk" in page
    assert "Työpajankatu 8" in page


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_language_goes_to_the_broker_and_comes_back(language):
    addresses = {
        "fi": ("tunnistautuminen/evasteet/", "tunnistautuminen/bank/"),
        "sv": ("identifiering/kakor/", "identifiering/bank/"),
        "en": ("identification/cookies/", "identification/bank/"),
    }
    sent(AINO)
    browser = Browser(language)
    browser.post(addresses[language][0])

    gone = browser.send(addresses[language][1])
    back = browser.return_from_broker(gone, "aino")

    assert parse_qs(urlsplit(gone["Location"]).query)["ui_locales"] == [language]
    assert back["Location"].startswith(f"/{language}/")


def test_every_identification_forces_a_new_log_in(browser):
    assert parse_qs(urlsplit(leaving(browser)["Location"]).query)["force"] == ["True"]


def test_identifying_in_the_sending_browser_sends_the_invitations(browser):
    fill_in(browser, AINO, EINO)
    send(browser)
    assert not Message.objects.filter(topic="invitation").exists()

    browser.identify("aino")

    assert Message.objects.get(topic="invitation").language == "en"


def test_a_main_applicant_who_identifies_elsewhere_sends_no_invitations_yet(browser):
    sent(AINO, EINO)

    browser.identify("aino")

    assert not Message.objects.filter(topic="invitation").exists()


def test_a_co_applicant_who_identifies_first_sends_no_invitations(browser):
    sent(AINO, EINO)

    browser.identify("eino")

    assert not Message.objects.filter(topic="invitation").exists()


def test_the_owner_of_a_mistyped_code_is_shown_nothing(browser):
    application = sent(AINO)

    landing = browser.identify("stranger")

    page = text_of(browser.get(landing["Location"]))
    assert "No application is waiting for you" in page
    assert "Väinö Virtanen" in page
    assert "Korhonen" not in page
    assert application.reference not in page
    assert not application.applicants.get().person_id


def test_a_person_without_an_application_is_told_so_and_named(browser):
    landing = browser.identify("otso")

    page = text_of(browser.get(landing["Location"]))
    assert "No application is waiting for you" in page
    assert "Otso Outsider-Mäkinen" in page


@pytest.mark.parametrize(
    ("trouble", "status", "says"),
    [
        ("cancel", 200, "You stopped the identification"),
        ("fail", 502, "The identification did not succeed"),
        ("weak", 403, "not strong enough"),
        ("no-code", 403, "did not tell us your personal identity code"),
        ("down", 503, "does not answer right now"),
    ],
)
def test_each_failure_has_a_page_that_says_what_to_do_next(browser, trouble, status, says):
    answer = browser.identify(trouble)

    assert answer.status_code == status
    assert says in text_of(answer)
    assert "service desk" in text_of(answer) or "Contact and opening hours" in text_of(answer)
    assert (
        Event.objects.filter(kind="refused", facts__contains={"deed": "finish_identification"}).count() == 1
    )
    assert not Identification.objects.exists()


def test_a_reply_in_another_browser_is_refused_and_the_right_one_can_still_finish(browser):
    sent(AINO)
    gone = leaving(browser)
    other = Browser()
    other.post("identification/cookies/")

    stolen = other.return_from_broker(gone, "aino")
    own = browser.return_from_broker(gone, "aino")

    assert stolen.status_code == 403
    assert own.status_code == 302


def test_a_reply_is_used_once(browser):
    gone = leaving(browser)
    browser.return_from_broker(gone, "otso")
    browser.client.cookies.clear()
    browser.post("identification/cookies/")

    again = browser.return_from_broker(gone, "otso")

    assert again.status_code in (403, 410)
    assert Identification.objects.count() == 1


def test_reopening_the_brokers_reply_leads_to_the_applications(browser):
    sent(AINO)
    gone = leaving(browser)
    browser.return_from_broker(gone, "aino")

    again = browser.return_from_broker(gone, "aino")

    assert again["Location"] == "/en/confirming/"
    assert Identification.objects.count() == 1


def test_a_late_reply_is_refused(browser, clock):
    gone = leaving(browser)
    clock.passes(minutes=31)

    answer = browser.return_from_broker(gone, "aino")

    assert answer.status_code == 410
    assert "took too long" in text_of(answer)


def test_a_reply_without_an_attempt_is_refused(browser):
    answer = browser.client.get("/return/bank/", {"state": "made-up", "person": "aino"})

    assert answer.status_code == 410


def test_a_repeated_parameter_is_refused(browser):
    gone = leaving(browser)
    state = parse_qs(urlsplit(gone["Location"]).query)["state"][0]

    answer = browser.client.get(f"/return/bank/?state={state}&person=aino&person=eino")

    assert answer.status_code == 400
    assert not Identification.objects.exists()


def test_an_unknown_method_is_not_found(browser):
    browser.post("identification/cookies/")

    assert browser.send("identification/pigeon/").status_code == 404


def test_identifying_starts_a_new_session(browser):
    leaving(browser)
    before = browser.client.cookies["kanssa"].value
    gone = browser.send("identification/bank/")

    browser.return_from_broker(gone, "otso")
    fixed = Browser()
    fixed.client.cookies["kanssa"] = before

    assert browser.client.cookies["kanssa"].value != before
    assert fixed.get("e-service/").status_code == 401


def test_signing_out_ends_the_identification_in_every_copy_of_the_cookie(browser):
    sent(AINO)
    browser.identify("aino")
    copied = browser.copy()
    assert copied.get("e-service/").status_code == 200

    answer = browser.send("e-service/sign-out/")

    assert "cache" in answer["Clear-Site-Data"]
    assert copied.get("e-service/").status_code == 401


def test_an_identification_ends_after_half_an_hour_idle(browser, clock):
    sent(AINO)
    browser.identify("aino")
    clock.passes(minutes=29)
    assert browser.get("e-service/").status_code == 200
    clock.passes(minutes=31)

    answer = browser.get("e-service/")

    assert answer.status_code == 401
    assert "You need to identify yourself again" in text_of(answer)
    assert IDLE in text_of(answer)


def test_idleness_is_named_only_when_it_ended_the_session(browser, clock):
    sent(AINO)
    browser.identify("aino")
    copied, old = browser.copy(), Browser()
    browser.send("e-service/sign-out/")
    old.identify("aino")
    for _time in range(5):
        clock.passes(minutes=29)
        old.get("e-service/")

    for each in (copied, old, Browser()):
        answer = each.get("e-service/")
        assert answer.status_code == 401
        assert IDLE not in text_of(answer)
        assert "Your saved answers are safe." in text_of(answer)


def test_an_identification_ends_after_two_hours_of_use(browser, clock):
    sent(AINO)
    browser.identify("aino")
    for _time in range(5):
        clock.passes(minutes=20)
        assert browser.get("e-service/").status_code == 200
    clock.passes(minutes=21)

    assert browser.get("e-service/").status_code == 401


def test_a_tampered_cookie_is_an_empty_session(browser):
    browser.identify("otso")
    whole = browser.client.cookies["kanssa"].value
    browser.client.cookies["kanssa"] = whole[:-2] + ("AA" if whole[-2:] != "AA" else "BB")

    assert browser.get("e-service/").status_code == 401


@pytest.mark.parametrize(
    ("language", "address", "says"),
    [
        ("fi", "tunnistautuminen/", "pankkisi käyttäjätunnuksen"),
        ("sv", "identifiering/", "användarkoden och appen"),
        ("en", "identification/", "You need the user ID and the app"),
    ],
)
def test_the_choice_says_what_each_method_needs(language, address, says):
    cookies = {"fi": "evasteet/", "sv": "kakor/", "en": "cookies/"}[language]
    browser = Browser(language)
    browser.post(address + cookies)

    assert says in text_of(browser.get(address))


@pytest.mark.parametrize(
    "path",
    [".well-known/openid-federation", "signed-jwks", "entity/bank/signed-jwks", "entity/x/signed-jwks"],
)
def test_nothing_is_published_for_a_method_without_an_entity_statement(browser, path):
    assert browser.client.get(f"/{path}").status_code == 404
