"""The access gate: what each address opens to after a reset, with a password alone, and after identification.

The addresses are read from the URL configuration: one without a declared level fails here.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from kanssa.accounts.models import ActivationCode
from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.applications.models import Application, TermsAcceptance, Version
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.people.models import Person
from kanssa.urls import StepConverter
from kanssa.web.base import access
from kanssa.web.base.access import ACCESS_RULES, AccessRule
from tests.actions import corrected, declined
from tests.cast import AINO, EINO, arrived, completed, identified, joined, later, sent
from tests.usecases.accounts.test_accounts import PASSWORD, opened, reset, slip_of
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

RE_AUTHENTICATION = "/en/e-service/who-you-are/"
NO_ID = UUID(int=7)
MAILBOX = "aino.uusi@example.com"
LEVELS = {"reset": AccessLevel.AFTER_RESET, "password": AccessLevel.PASSWORD_ONLY}
OF_AINO = ("Kaikukatu", "2350", "2,350", AINO.hetu, AINO.email, MAILBOX, "Korhonen", "Inkeri", EINO.email)
"""Facts that a password alone never shows; a reset session does not show first names or references either."""


def addresses(patterns: list, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern


ADDRESSES = dict(addresses(get_resolver().url_patterns))
UNGAPPED = {"metadata": "/return/bank/metadata/", "published": "/signed-jwks"}
OF_APPLICANTS = [name for name in ADDRESSES if ACCESS_RULES.get(name) is not AccessRule.STAFF]


def path_of(name: str, application: Application) -> str:
    ids = {
        "application_id": application.pk,
        "applicant_id": application.applicants.get(is_main=False).pk,
        "method": "bank",
        "token": "made-up",
    }
    converters = ADDRESSES[name].pattern.converters
    gaps = {
        gap: ids.get(gap, "name" if isinstance(converter, StepConverter) else NO_ID)
        for gap, converter in converters.items()
    }
    if name in UNGAPPED:
        return UNGAPPED[name]
    with override("en"):
        return reverse(name, kwargs=gaps)


def household() -> Application:
    """Let Aino apply with Eino and identify; no adult has confirmed."""
    application = sent(AINO, EINO)
    arrived(AINO)
    return application


def with_password(browser: Browser) -> Browser:
    """Let Aino log in with the password of her username."""
    opened(identified(AINO))
    browser.post("e-service/log-in/username/", email=MAILBOX, password=PASSWORD)
    return browser


def with_reset_password(browser: Browser, clock) -> Browser:
    """Let a reader of Aino's mailbox set a new password and come in by the link."""
    with_password(browser)
    clock.passes(days=2)
    browser.send("e-service/sign-out/")
    browser.post("e-service/forgotten-password/", email=MAILBOX)
    message = Message.objects.filter(topic="password_link").latest("written_at")
    token = read_contents(message)[1]["token"]
    answer = browser.post(f"e-service/password/{token}/", password="lumi kivi purje ankka")
    assert answer["Location"] == RE_AUTHENTICATION
    return browser


def signed_in_at(level: str, browser: Browser, clock) -> Browser:
    return with_reset_password(browser, clock) if level == "reset" else with_password(browser)


def is_open(name: str, level: AccessLevel) -> bool:
    return access._REQUIRED_LEVELS[ACCESS_RULES[name]] <= level


def test_every_address_declares_its_access_rule():
    assert set(ADDRESSES) == set(ACCESS_RULES)


def test_few_addresses_open_to_a_password_alone():
    opens = {name for name, opens in ACCESS_RULES.items() if opens is AccessRule.PASSWORD}

    assert opens == {"account:applications", "account:status", "account:visit"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_opens_to_its_level_and_otherwise_leads_to_re_authentication(
    browser, clock, level, method
):
    application = household()
    signed_in_at(level, browser, clock)
    cookies = {name: morsel.value for name, morsel in browser.client.cookies.items()}
    got = {}

    for name in OF_APPLICANTS:
        events = Event.objects.count()
        # An address may change the session, so each one starts from the same cookies.
        for key, value in cookies.items():
            browser.client.cookies[key] = value
        # The page of the code leads a person without a second factor to the other ways.
        if name in ("account:sign_out", "account:next_person", "account:prove", "account:second_factor"):
            continue
        path = path_of(name, application)
        answer = browser.get(path) if method == "GET" else browser.send(path)
        got[name] = answer.headers.get("Location") != RE_AUTHENTICATION
        html = answer.content.decode()
        if not got[name]:
            assert Event.objects.count() == events, name
        if name != "account:mail_sent":
            assert not [canary for canary in OF_AINO if canary in html], name
        if level == "reset":
            assert not [canary for canary in ("Aino", "Eino", application.reference) if canary in html], name

    assert got == {name: is_open(name, LEVELS[level]) for name in got}
    assert not TermsAcceptance.objects.exclude(terms="").filter(accepted_at__gt=clock.time).exists()
    assert Version.objects.count() == 1
    assert Application.objects.count() == 1 + (method == "POST" and level == "password")


def test_an_identified_session_is_never_asked_again(browser):
    application = household()
    browser.identify("aino")
    browser.post("confirming/terms/")

    for name in OF_APPLICANTS:
        if name not in ("account:sign_out", "account:next_person"):
            answer = browser.get(path_of(name, application))
            assert answer.headers.get("Location") != RE_AUTHENTICATION, name


def test_an_undeclared_address_is_closed(browser, monkeypatch):
    application = household()
    with_password(browser)
    monkeypatch.delitem(ACCESS_RULES, "account:status")

    assert browser.get(f"e-service/{application.pk}/")["Location"] == RE_AUTHENTICATION


def test_a_stale_form_is_not_shown_again_past_the_gate(browser):
    application = household()
    with_password(browser)

    answer = browser.client.post(
        f"/en/confirming/{application.pk}/own-details/income/",
        {"gross_income": "1"},
        headers={"origin": "http://127.0.0.1:8000"},
    )

    assert answer["Location"] == RE_AUTHENTICATION


# A password alone


def test_a_password_alone_shows_who_has_confirmed_and_the_dates(browser):
    application = household()
    joined(application, EINO)
    with_password(browser)

    listed = text_of(browser.get("e-service/"))
    page = text_of(browser.get(f"e-service/{application.pk}/"))

    assert application.reference in listed
    assert "Eino Co-applicant Confirmed" in page
    assert "Aino Main applicant Confirmation missing" in page
    assert "Every adult must confirm it no later than" in page
    assert "Logged in as Aino" in browser.last.content.decode()


def test_a_password_alone_offers_no_action_but_re_authentication(browser):
    application = household()
    with_password(browser)

    page = text_of(browser.get(f"e-service/{application.pk}/"))

    assert "See and do more" in page
    for act in ("Edit the application", "Withdraw", "I will not confirm", "Send Eino a new link"):
        assert act not in page


def test_a_password_alone_does_not_show_that_the_person_declined(browser):
    application = household()
    declined(application, arrived(AINO))
    with_password(browser)

    assert "will not confirm" not in text_of(browser.get(f"e-service/{application.pk}/"))


def test_a_password_alone_claims_no_applicant_and_leads_to_re_authentication(browser):
    opened(identified(AINO))
    application = sent(AINO)

    browser.post("e-service/log-in/username/", email=MAILBOX, password=PASSWORD)

    assert browser.get("e-service/")["Location"] == RE_AUTHENTICATION
    assert not Application.objects.get(pk=application.pk).applicants.exclude(person=None).exists()


def test_a_draft_of_the_browser_continues_beside_a_password_session(browser):
    with_password(browser)
    browser.post("application/")

    assert browser.get("application/name/").status_code == 200


def test_an_edit_begun_after_identification_is_closed_to_a_password(browser):
    application = household()
    browser.identify("aino")
    browser.send(f"e-service/{application.pk}/edit/")
    opened(identified(AINO))
    browser.post("e-service/log-in/username/", email=MAILBOX, password=PASSWORD)

    answer = browser.get("application/check/")

    assert answer.status_code == 401
    assert "Kaikukatu" not in answer.content.decode()


# Re-authentication


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_code_leads_to_the_requested_page(browser, clock, level):
    application = household()
    signed_in_at(level, browser, clock)
    wanted = f"confirming/{application.pk}/own-details/income/"
    browser.get(wanted)

    landing = browser.post("e-service/who-you-are/", code=slip_of(identified(AINO)))

    assert landing["Location"] == f"/en/{wanted}"
    assert "2350" in browser.get(wanted).content.decode()


def test_identifying_leads_to_the_requested_page_in_the_current_language(browser):
    application = household()
    with_password(browser)
    browser.get(f"e-service/{application.pk}/renew/")
    with override("sv"):
        wanted = reverse("account:renew", kwargs={"application_id": application.pk})
        browser.get(reverse("identify:cookies"))
        browser.send(reverse("identify:cookies"))
        leaving = browser.send(reverse("identify:begin", kwargs={"method": "bank"}))

    assert browser.return_from_broker(leaving, "aino")["Location"] == wanted


def test_a_pressed_action_leads_back_to_its_page(browser):
    application = household()
    with_password(browser)

    answer = browser.send(f"e-service/{application.pk}/edit/")

    assert answer["Location"] == RE_AUTHENTICATION
    assert browser.identify("aino")["Location"] == f"/en/e-service/{application.pk}/"


def test_another_person_is_not_led_to_the_previous_persons_page(browser):
    application = household()
    arrived(EINO)
    with_password(browser)
    browser.get(f"e-service/{application.pk}/renew/")

    assert browser.identify("eino")["Location"] != f"/en/e-service/{application.pk}/renew/"


def test_re_authentication_ends_the_former_session(browser):
    household()
    with_password(browser)
    copied = browser.copy()

    browser.post("e-service/who-you-are/", code=slip_of(identified(AINO)))

    assert copied.get("e-service/").status_code == 401
    assert not ActivationCode.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    ("level", "says"),
    [("reset", "You cannot see or do anything"), ("password", "you see who has confirmed")],
)
def test_the_re_authentication_page_says_what_is_open_and_how_to_open_the_rest(browser, clock, level, says):
    household()
    signed_in_at(level, browser, clock)

    page = text_of(browser.get("e-service/who-you-are/"))

    assert says in page
    assert "Identify yourself" in page
    assert "Activation code" in page
    assert "Työpajankatu 8" in page


# Notices of a password reset


def reset_messages() -> set[str]:
    return {read_contents(message)[0] for message in Message.objects.filter(topic="password_set")}


def test_a_reset_is_reported_to_the_mailbox_and_the_address_the_person_confirmed():
    application = sent(AINO)
    joined(application, AINO)
    opened(identified(AINO))

    reset(now=later(days=2))

    assert reset_messages() == {MAILBOX, AINO.email}


def test_a_reset_is_not_reported_to_an_address_only_another_applicant_typed():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    opened(eino)

    reset(now=later(days=2))

    assert reset_messages() == {MAILBOX}
    assert Person.objects.filter(applicants__application=application).exists()


def test_a_reset_is_not_reported_there_when_the_person_corrected_only_their_income():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    completed(application, eino)
    opened(eino)

    reset(now=later(days=2))

    assert reset_messages() == {MAILBOX}


def test_another_adult_with_the_same_address_does_not_suppress_the_reset_notice():
    application = sent(AINO, EINO)
    eino = joined(application, EINO, email="eino-own@example.com")
    aino = arrived(AINO)
    corrected(application, aino, {"email": "eino-own@example.com"})
    opened(eino)

    reset(now=later(days=2))

    assert reset_messages() == {MAILBOX, "eino-own@example.com"}
