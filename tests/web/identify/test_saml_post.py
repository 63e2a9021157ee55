"""Pages on the way to Suomi.fi and back: posts without cookies, and log-out at both ends."""

import logging
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from lxml import etree

from kanssa.evidence.models import Event
from kanssa.identification import registry
from kanssa.identification.methods.saml import SamlMethod
from kanssa.identification.models import BrokerLogin, Identification, IdentificationAttempt
from kanssa.vault import open_json
from tests.cast import AINO, EINO, sent
from tests.identification.saml.scripted_provider import honest_party
from tests.web import saml_method
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

LANGUAGES = pytest.mark.parametrize(
    ("language", "cookies", "begin"),
    [
        ("fi", "tunnistautuminen/evasteet/", "tunnistautuminen/suomifi/"),
        ("sv", "identifiering/kakor/", "identifiering/suomifi/"),
        ("en", "identification/cookies/", "identification/suomifi/"),
    ],
)


@pytest.fixture(autouse=True)
def _suomifi(settings):
    settings.IDENTIFICATION_METHODS = {"saml": "tests.web.saml_method.load"}
    settings.IDENTIFICATION_FILE = Path(saml_method.__file__).with_name("saml.toml")
    registry.methods()


def leave(browser):
    browser.post("identification/cookies/")
    return saml_method.parse_saml_request(browser.send("identification/suomifi/")["Location"])


def post(request, fields):
    """Post as the provider's page does: from another site, so without a cookie or a form token."""
    elsewhere = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1:8000"})
    return elsewhere.post(
        urlsplit(request.return_url).path, fields, headers={"origin": "https://idp.example"}
    )


def identify(browser, attributes, clock):
    request = leave(browser)
    posted = post(request, saml_method.reply(request, attributes, now=clock.time))
    browser.last = browser.client.get(posted["Location"])
    return browser.last


def test_an_identified_person_comes_back_to_their_application(browser, clock):
    sent(AINO, EINO)

    landing = identify(browser, saml_method.attributes_of(AINO), clock)

    assert landing["Location"] == "/en/confirming/terms/"
    assert Identification.objects.get().method == "suomifi"


@LANGUAGES
def test_they_come_back_in_the_language_in_which_they_left(clock, language, cookies, begin):
    sent(AINO)
    browser = Browser(language)
    browser.post(cookies)
    request = saml_method.parse_saml_request(browser.send(begin)["Location"])
    posted = post(request, saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time))

    assert browser.client.get(posted["Location"])["Location"].startswith(f"/{language}/")


def test_the_post_without_a_cookie_shows_and_sets_nothing(browser, clock):
    request = leave(browser)

    answer = post(request, saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time))

    assert answer.status_code == 303
    assert not answer.cookies
    assert answer.content == b""
    assert not Identification.objects.exists()


def test_a_posted_reply_is_sealed_until_it_is_fetched_and_then_removed(browser, clock):
    request = leave(browser)
    fields = saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time)
    posted = post(request, fields)
    row = IdentificationAttempt.objects.get()
    assert fields["SAMLResponse"].encode() not in bytes(row.reply)
    assert open_json(row.reply, bound_to=f"reply:{row.pk}") == fields

    browser.client.get(posted["Location"])

    row.refresh_from_db()
    assert row.reply is None


def test_another_browser_cannot_fetch_the_posted_reply_and_the_right_one_still_can(browser, clock):
    sent(AINO)
    request = leave(browser)
    posted = post(request, saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time))
    thief = Browser()
    thief.post("identification/cookies/")

    stolen = thief.client.get(posted["Location"])
    own = browser.client.get(posted["Location"])

    assert stolen.status_code == 403
    assert own.status_code == 302


def test_a_thiefs_reply_posted_by_the_victims_browser_is_refused(browser, clock):
    """Log-in forgery: a thief identifies, and has a victim's browser post the answer."""
    thief = Browser()
    request = leave(thief)
    posted = post(request, saml_method.reply(request, saml_method.attributes_of(EINO), now=clock.time))
    browser.post("identification/cookies/")

    answer = browser.client.get(posted["Location"])

    assert answer.status_code == 403
    assert not Identification.objects.exists()


def test_only_a_waiting_attempt_keeps_a_posted_reply(browser, clock):
    request = leave(browser)
    fields = saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time)
    strange = replace(request, state="made-up")
    post(strange, {**fields, "RelayState": "made-up"})
    assert IdentificationAttempt.objects.get().reply is None
    clock.passes(minutes=31)

    post(request, fields)

    assert IdentificationAttempt.objects.get().reply is None


def test_the_first_post_of_an_attempt_counts(browser, clock):
    sent(AINO)
    request = leave(browser)
    posted = post(request, saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time))
    post(request, {"SAMLResponse": "spoilt", "RelayState": request.state})

    assert browser.client.get(posted["Location"]).status_code == 302


def test_a_post_without_an_attempt_has_a_page(browser):
    request = leave(browser)

    posted = post(request, {"SAMLResponse": "x", "RelayState": "made-up"})

    assert browser.client.get(posted["Location"]).status_code == 410


def test_a_response_is_used_once(browser, clock):
    request = leave(browser)
    fields = saml_method.reply(request, saml_method.attributes_of(AINO), now=clock.time)
    browser.client.get(post(request, fields)["Location"])
    second = leave(browser)

    posted = post(second, {**fields, "RelayState": second.state})
    answer = browser.client.get(posted["Location"])

    assert answer.status_code == 400
    assert Identification.objects.count() == 1


def test_a_repeated_field_is_refused(browser):
    request = leave(browser)

    answer = post(request, {"SAMLResponse": ["x", "y"], "RelayState": request.state})

    assert answer.status_code == 400


def test_an_oversized_response_is_refused_before_it_is_read(browser):
    request = leave(browser)

    assert post(request, {"SAMLResponse": "x" * 200_000}).status_code == 413


def test_an_identity_without_a_lasting_identifier_is_led_to_the_desk(browser, clock):
    nameless = {
        name: value for name, value in saml_method.FOREIGNER.items() if not name.endswith("PersonIdentifier")
    }

    answer = identify(browser, nameless, clock)

    page = text_of(answer)
    assert answer.status_code == 403
    assert "did not tell us your personal identity code" in page
    assert "service desk" in page
    assert not Identification.objects.exists()


def test_a_non_disclosure_order_and_the_calling_name_are_stored_sealed(browser, clock):
    attributes = saml_method.attributes_of(AINO) | {
        "urn:oid:1.2.246.517.2002.2.27": "1",
        "urn:oid:1.2.246.517.2002.2.18": "091",
        "urn:oid:2.5.4.42": "Inkeri",
    }

    identify(browser, attributes, clock)

    row = Identification.objects.get()
    held = open_json(row.identity, bound_to=f"identification:{row.pk}")
    assert (held["non_disclosure"], held["calling_name"], held["home_municipality"]) == (
        True,
        "Inkeri",
        "091",
    )


def test_the_post_binding_uses_a_page_without_a_script(browser, monkeypatch):
    method = SamlMethod(replace(honest_party(), request_binding="post"))
    monkeypatch.setattr(registry, "methods", lambda: {"suomifi": method})
    browser.post("identification/cookies/")

    page = browser.send("identification/suomifi/").content.decode()

    assert '<form class="post-button" method="post" action="https://idp.example/login">' in page
    assert 'name="SAMLRequest"' in page
    assert 'name="csrfmiddlewaretoken"' not in page.partition("<main")[2].partition("</main>")[0]


def sign_out(browser, where="e-service/sign-out/"):
    return browser.send(where)


def test_signing_out_also_asks_the_provider_to_sign_out(browser, clock):
    sent(AINO)
    identify(browser, saml_method.attributes_of(AINO), clock)
    copied = browser.copy()

    answer = sign_out(browser)

    assert answer["Location"].startswith("https://idp.example/logout?SAMLRequest=")
    assert "cache" in answer["Clear-Site-Data"]
    assert copied.get("e-service/").status_code == 401


@pytest.mark.parametrize(
    ("where", "onwards"),
    [("e-service/sign-out/", "/en/e-service/signed-out/"), ("e-service/next-person/", "/en/identification/")],
)
def test_the_providers_logout_answer_leads_to_the_requested_page(browser, clock, where, onwards):
    sent(AINO)
    identify(browser, saml_method.attributes_of(AINO), clock)
    request = saml_method.parse_saml_request(sign_out(browser, where)["Location"])

    answer = browser.client.get(
        saml_method.LOGOUT + "?" + saml_method.logout_response_query(request.request_id, now=clock.time)
    )

    assert answer.status_code == 303
    assert answer["Location"] == onwards
    assert browser.client.get(answer["Location"]).status_code == 200


def test_a_logout_answer_is_accepted_once_and_only_when_requested(browser, clock):
    sent(AINO)
    identify(browser, saml_method.attributes_of(AINO), clock)
    request = saml_method.parse_saml_request(sign_out(browser)["Location"])
    answer = saml_method.LOGOUT + "?" + saml_method.logout_response_query(request.request_id, now=clock.time)
    browser.client.get(answer)

    again = browser.client.get(answer)
    unasked = browser.client.get(
        saml_method.LOGOUT + "?" + saml_method.logout_response_query("_made-up", now=clock.time)
    )

    assert again.status_code == unasked.status_code == 400


def test_the_providers_logout_signs_out_without_a_cookie(browser, clock):
    sent(AINO)
    identify(browser, saml_method.attributes_of(AINO), clock)
    assert browser.get("e-service/").status_code == 200

    answer = Client(headers={"host": "127.0.0.1:8000"}).get(
        saml_method.LOGOUT + "?" + saml_method.logout_request_query("_who", "_session", now=clock.time)
    )

    assert answer.status_code == 303
    assert answer["Location"].startswith("https://idp.example/logout?SAMLResponse=")
    assert browser.get("e-service/").status_code == 401
    assert Event.objects.get(kind="signed-out").facts["by"] == "broker"


@pytest.mark.parametrize(
    ("subject", "index", "by"),
    [("_who", "_session", "thief"), ("_other", "_session", "idp"), ("_who", "_other", "idp")],
)
def test_a_forged_logout_or_one_of_another_person_ends_nothing(browser, clock, subject, index, by):
    sent(AINO)
    identify(browser, saml_method.attributes_of(AINO), clock)

    browser.client.get(
        saml_method.LOGOUT + "?" + saml_method.logout_request_query(subject, index, now=clock.time, by=by)
    )

    assert browser.get("e-service/").status_code == 200


def test_a_forged_logout_has_a_page_and_leaves_an_event(browser, clock):
    forged = (
        saml_method.LOGOUT
        + "?"
        + saml_method.logout_request_query("_who", "_session", now=clock.time, by="thief")
    )

    answer = browser.client.get(forged, headers={"accept-language": "en"})

    assert answer.status_code == 400
    assert "No one was signed out" in text_of(answer)
    assert Event.objects.filter(kind="refused", facts__code="logout-refused").count() == 1


def test_the_providers_session_index_is_sealed(browser, clock):
    identify(browser, saml_method.attributes_of(AINO), clock)

    row = BrokerLogin.objects.get()

    assert b"_session" not in bytes(row.session)
    assert open_json(row.session, bound_to=f"login:{row.pk}")["index"] == "_session"


def test_a_method_without_single_logout_has_no_logout_address(browser, monkeypatch):
    party = honest_party()
    method = SamlMethod(replace(party, provider=replace(party.provider, logout="")))
    monkeypatch.setattr(registry, "methods", lambda: {"suomifi": method})

    assert browser.client.get(saml_method.LOGOUT + "?SAMLRequest=x").status_code == 404


def test_the_metadata_is_published_with_the_addresses_that_are_used(browser):
    answer = browser.client.get("/return/suomifi/metadata/")

    root = etree.fromstring(answer.content)
    locations = {element.get("Location") for element in root.iter() if element.get("Location")}
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert locations == {saml_method.LOGOUT, "http://127.0.0.1:8000/return/suomifi/"}
    assert browser.client.get("/return/pigeon/metadata/").status_code == 404


def test_the_request_names_the_return_address_of_the_metadata(browser):
    request = leave(browser)

    assert request.return_url == "http://127.0.0.1:8000/return/suomifi/"
    assert parse_qs(urlsplit(request.return_url).query) == {}


def test_no_log_line_contains_the_person_or_the_message_at_any_level(browser, clock, caplog):
    caplog.set_level(logging.DEBUG)
    sent(AINO)

    identify(browser, saml_method.attributes_of(AINO), clock)
    sign_out(browser)

    for secret in (AINO.hetu, AINO.last_name, AINO.first_names, "AttributeValue", "_session"):
        assert secret not in caplog.text
