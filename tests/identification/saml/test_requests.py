"""Our requests to the provider, and the metadata that we publish for it."""

from base64 import b64decode
from dataclasses import replace

import pytest
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from kanssa.identification.methods.saml import Party, SamlMethod
from kanssa.identification.methods.saml.parties import ContactPerson, Description
from kanssa.identification.protocol import Handover, NewAttempt
from tests.identification.saml.scripted_provider import (
    ATTEMPT,
    DS,
    LOA2,
    LOGOUT_URL,
    NOW,
    RETURN_URL,
    SAML,
    SAMLP,
    US,
    Element,
    honest_party,
    pair,
)
from tests.identification.saml.test_logout import verified_query

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
VETUMA = "{urn:vetuma:SAML:2.0:extensions}"
TEXTS = {"fi": "suomeksi", "sv": "på svenska", "en": "in English"}
DESCRIPTION = Description(
    name=TEXTS,
    description=TEXTS,
    privacy=TEXTS,
    organisation=TEXTS,
    website=TEXTS,
    contacts=(ContactPerson("technical", "Saga", "Salo", "saga@kanssa.example"),),
)


def begin(party: Party | None = None, *, language: str = "fi", force: bool = True) -> Handover:
    new = NewAttempt(ATTEMPT.id, ATTEMPT.state, ATTEMPT.nonce, ATTEMPT.verifier)
    method = SamlMethod(party or honest_party())
    return method.begin(attempt=new, return_url=RETURN_URL, language=language, force=force, now=NOW)


def asked(handover: Handover) -> Element:
    message, state = verified_query(handover.url, "SAMLRequest")
    assert state == ATTEMPT.state
    return message


def test_the_request_is_signed_and_asks_for_a_fresh_log_in_at_the_accepted_levels() -> None:
    handover = begin()

    request = asked(handover)
    assert handover.form is None
    assert len(handover.url) < 4_000
    assert request.tag == f"{SAMLP}AuthnRequest"
    assert request.get("ForceAuthn") == "true"
    assert request.get("ID") == f"_{ATTEMPT.nonce}"
    assert request.get("AssertionConsumerServiceURL") == RETURN_URL
    assert request.get("Destination") == "https://idp.example/login"
    assert request.findtext(f"{SAML}Issuer") == US
    wanted = request.find(f"{SAMLP}RequestedAuthnContext")
    assert wanted is not None
    assert wanted.get("Comparison") == "exact"
    assert [level.text for level in wanted] == [LOA2, "http://ftn.ficora.fi/2017/loa3"]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_language_is_sent_in_the_form_of_suomi_fi(language: str) -> None:
    request = asked(begin(language=language))

    assert request.findtext(f"{SAMLP}Extensions/{VETUMA}vetuma/{VETUMA}LG") == language


def test_another_provider_gets_no_language() -> None:
    request = asked(begin(replace(honest_party(), language_extension=False)))

    assert request.find(f"{SAMLP}Extensions") is None


def test_a_posted_request_holds_its_signature() -> None:
    handover = begin(replace(honest_party(), request_binding="post"))

    assert handover.url == "https://idp.example/login"
    assert handover.form is not None
    assert handover.form["RelayState"] == ATTEMPT.state
    root = etree.fromstring(b64decode(handover.form["SAMLRequest"]))
    configuration = SignatureConfiguration(location="./", verification_time=NOW)
    result = XMLVerifier().verify(
        root, x509_cert=pair("our-signing").certificate, id_attribute="ID", expect_config=configuration
    )
    assert result.signed_xml.get("ID") == f"_{ATTEMPT.nonce}"  # type: ignore[union-attr]
    assert [child.tag for child in root][:2] == [f"{SAML}Issuer", f"{DS}Signature"]


def published(party: Party) -> Element:
    address = f"{RETURN_URL}metadata/"
    document = SamlMethod(party).published(address, return_url=RETURN_URL, now=NOW)
    assert document is not None
    return etree.fromstring(document.content)


def test_the_metadata_is_at_its_own_address_only() -> None:
    assert SamlMethod(honest_party()).published(RETURN_URL, return_url=RETURN_URL, now=NOW) is None


def test_the_metadata_holds_addresses_and_keys_and_nothing_secret() -> None:
    root = published(honest_party())

    service = root.find(f"{MD}SPSSODescriptor")
    assert root.get("entityID") == US
    assert service is not None
    assert service.get("AuthnRequestsSigned") == service.get("WantAssertionsSigned") == "true"
    assert [key.get("use") for key in service.findall(f"{MD}KeyDescriptor")] == ["signing", "encryption"]
    places = {
        (place.tag.removeprefix(MD), place.get("Location")) for place in service if place.get("Location")
    }
    assert places == {("SingleLogoutService", LOGOUT_URL), ("AssertionConsumerService", RETURN_URL)}
    assert b"PRIVATE" not in etree.tostring(root)


def test_the_metadata_holds_what_suomi_fi_asks_for() -> None:
    root = published(replace(honest_party(), description=DESCRIPTION))

    attributes = {
        str(each.get("FriendlyName") or each.get("Name")): [value.text for value in each]
        for each in root.iter(f"{SAML}Attribute")
    }
    assert attributes["FinnishAuthMethod"] == [LOA2, "http://ftn.ficora.fi/2017/loa3"]
    assert attributes["CipherName"] == ["AES-GCM"]
    assert attributes["EidasSupport"] == ["no"]
    asked_for = {each.get("FriendlyName") for each in root.iter(f"{MD}RequestedAttribute")}
    assert {"nationalIdentificationNumber", "sn", "FirstName", "TurvakieltoTieto"} <= asked_for
    assert root.findtext(f"{MD}ContactPerson/{MD}EmailAddress") == "mailto:saga@kanssa.example"


def test_only_the_newest_decryption_key_is_published() -> None:
    root = published(replace(honest_party(), decryption=(pair("our-new"), pair("our-decryption"))))

    assert len(root.findall(f".//{MD}KeyDescriptor[@use='encryption']")) == 1
