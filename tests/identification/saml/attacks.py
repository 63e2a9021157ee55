"""Attacks and faults of a provider, a thief or a careless library: one row each, with its refusal."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm

from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
)
from kanssa.values.refusal import Refusal
from tests.identification.saml.scripted_provider import (
    ATTEMPT,
    DS,
    IDP,
    NOW,
    REQUEST,
    SAML,
    SAMLP,
    US,
    Element,
    Encryption,
    SamlScript,
    assertion,
    at,
    pair,
    response,
    signed,
    signed_by_hand,
)
from tests.identification.saml.signature_wrapping import WRAPPING_ATTACKS, Wrapping

Change = Callable[[SamlScript], object]
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"


@dataclass(frozen=True)
class AttackCase:
    """One thing changed in an honest answer."""

    told: str
    change: Change
    why: str | None
    refusal: type[Refusal] = IdentificationFailed


def says(path: str, **attributes: str | None) -> Change:
    """Change attributes of one element of the assertion before it is signed."""
    return lambda script: setattr(script, "says", lambda root: _set(root, path, attributes))


def text(path: str, value: str) -> Change:
    return lambda script: setattr(script, "says", lambda root: setattr(_at(root, path), "text", value))


def without(path: str) -> Change:
    return lambda script: setattr(script, "says", lambda root: _remove(root, path))


def twice(path: str) -> Change:
    return lambda script: setattr(script, "says", lambda root: _double(root, path))


def added(path: str, xml: str) -> Change:
    return lambda script: setattr(script, "says", lambda root: _at(root, path).append(etree.fromstring(xml)))


def envelope(**attributes: str | None) -> Change:
    return lambda script: setattr(script, "envelope", lambda root: _set(root, ".", attributes))


def enveloped(change: Callable[[Element], object]) -> Change:
    return lambda script: setattr(script, "envelope", change)


def status(inner: str, outer: str = "Responder") -> Change:
    def change(root: Element) -> None:
        code = _at(root, f"{SAMLP}Status/{SAMLP}StatusCode")
        code.set("Value", STATUS + outer)
        if inner:
            etree.SubElement(code, f"{SAMLP}StatusCode", Value=STATUS + inner)
        _remove(root, f"{SAML}EncryptedAssertion")

    return enveloped(change)


def attribute(name: str, value: str | None) -> Change:
    def change(script: SamlScript) -> None:
        if value is None:
            del script.attributes[name]
        else:
            script.attributes[name] = value

    return change


def encrypted(**changes: Any) -> Change:
    return lambda script: setattr(script, "encryption", Encryption(**changes))


def response_by(sign: Callable[[Element], Element]) -> Change:
    return lambda script: setattr(script, "signs_response", sign)


def assertion_by(sign: Callable[[Element], Element]) -> Change:
    return lambda script: setattr(script, "signs_assertion", sign)


def raw(change: Callable[[bytes], bytes]) -> Change:
    return lambda script: setattr(script, "raw", change)


def plain(change: Callable[[bytes], bytes]) -> Change:
    return lambda script: setattr(script, "plain", change)


def posts(**fields: str) -> Change:
    return lambda script: setattr(script, "posts", lambda honest: {**honest, **fields})


def after(change: Callable[[Element], object]) -> Change:
    """Change the response after it was signed."""
    return lambda script: setattr(script, "after_signing", lambda root: _changed(root, change))


def after_assertion(change: Callable[[Element], object]) -> Change:
    """Change the assertion after it was signed, before it is encrypted."""
    return lambda script: setattr(script, "after_signing_assertion", lambda root: _changed(root, change))


def _at(root: Element, path: str) -> Element:
    found = root if path == "." else root.find(path)
    assert found is not None, path
    return found


def _set(root: Element, path: str, attributes: dict[str, str | None]) -> None:
    for name, value in attributes.items():
        if value is None:
            del _at(root, path).attrib[name]
        else:
            _at(root, path).set(name, value)


def _remove(root: Element, path: str) -> None:
    found = _at(root, path)
    parent = found.getparent()
    assert parent is not None
    parent.remove(found)


def _double(root: Element, path: str) -> None:
    found = _at(root, path)
    found.addnext(etree.fromstring(etree.tostring(found)))


def _changed(root: Element, change: Callable[[Element], object]) -> Element:
    change(root)
    return root


def evil_assertion() -> Element:
    root = assertion({**SamlScript().attributes, "urn:oid:1.2.246.21": "010190-901R"})
    root.set("ID", "_evil")
    return root


def evil_response() -> Element:
    root = response()
    root.set("ID", "_evil")
    root.append(Encryption().of(etree.tostring(signed(evil_assertion(), pair("thief")))))
    return root


def wrapped_response(wrapping: Wrapping) -> Change:
    return lambda script: setattr(script, "after_signing", lambda root: wrapping(root, evil_response()))


def wrapped_assertion(wrapping: Wrapping) -> Change:
    return lambda script: setattr(
        script, "after_signing_assertion", lambda root: wrapping(root, evil_assertion())
    )


def plain_signed_assertion(script: SamlScript) -> None:
    script.wraps = lambda _script, inner: inner


def plain_assertion(script: SamlScript) -> None:
    script.signs_assertion = lambda root: root
    script.wraps = lambda _script, inner: inner


def evil_encrypted_one_first(script: SamlScript) -> None:
    evil = Encryption().of(etree.tostring(signed(evil_assertion(), pair("thief"))))
    script.envelope = lambda root: root.insert(2, evil)


def replayed_for_another_attempt(script: SamlScript) -> None:
    script.posts = lambda honest: {**honest, "RelayState": "state-" + "z" * 37}
    script.attempt = replace(ATTEMPT, state="state-" + "z" * 37, nonce="nonce-" + "z" * 37)


def out_of_date(script: SamlScript) -> None:
    script.changed_provider(certificates=(pair("idp", days=-1).certificate,))


def entity(body: bytes) -> bytes:
    return b'<!DOCTYPE r [<!ENTITY name "Otso">]>' + body


def in_utf_16(body: bytes) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + body.decode()).encode("utf-16")


def in_utf_7(body: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>' + body


def reference_to(uri: str) -> Callable[[Element], None]:
    return lambda root: _at(root, f".//{DS}Reference").set("URI", uri)


def transform(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        transforms = _at(root, f".//{DS}Transforms")
        etree.SubElement(transforms, f"{DS}Transform", Algorithm=name)

    return change


def second_reference(root: Element) -> None:
    _double(root, f".//{DS}Reference")


def method(name: str) -> Callable[[Element], None]:
    return lambda root: _at(root, f".//{DS}SignatureMethod").set("Algorithm", name)


def empty_signature(root: Element) -> None:
    _at(root, f".//{DS}SignatureValue").text = ""


def zeros(root: Element) -> None:
    _at(root, f".//{DS}SignatureValue").text = b64encode(bytes(256)).decode()


def no_signature(root: Element) -> None:
    _remove(root, f"{DS}Signature")


def signature_deeper(root: Element) -> None:
    _at(root, f"{SAMLP}Status").append(_at(root, f"{DS}Signature"))


def cipher_reference(root: Element) -> None:
    value = _at(root, ".//{http://www.w3.org/2001/04/xmlenc#}CipherValue")
    value.tag = "{http://www.w3.org/2001/04/xmlenc#}CipherReference"
    value.set("URI", "https://evil.example/")


def no_type(root: Element) -> None:
    del _at(root, ".//{http://www.w3.org/2001/04/xmlenc#}EncryptedData").attrib["Type"]


def short_cipher(root: Element) -> None:
    values = root.findall(".//{http://www.w3.org/2001/04/xmlenc#}CipherValue")
    values[-1].text = b64encode(b"short").decode()


def takes_cbc(script: SamlScript) -> None:
    script.changed_party(ciphers=("aes256-cbc",))
    script.encryption = Encryption(algorithm=CBC)


def padded_badly(script: SamlScript) -> None:
    takes_cbc(script)
    script.encryption.padding = 17


def cut_off(script: SamlScript) -> None:
    takes_cbc(script)
    script.encryption.cut = 5


def two_keys(root: Element) -> None:
    _double(root, ".//{http://www.w3.org/2001/04/xmlenc#}EncryptedKey")


def swapped_names(root: Element) -> None:
    for value in root.iter(f"{SAML}AttributeValue"):
        if value.text == "Korhonen":
            value.text = "Mäkinen"


SUBJECT = f"{SAML}Subject"
CONFIRMATION = f"{SUBJECT}/{SAML}SubjectConfirmation"
DATA = f"{CONFIRMATION}/{SAML}SubjectConfirmationData"
CONDITIONS = f"{SAML}Conditions"
RESTRICTION = f"{CONDITIONS}/{SAML}AudienceRestriction"
AUDIENCE = f"{RESTRICTION}/{SAML}Audience"
AUTHN = f"{SAML}AuthnStatement"
LEVEL = f"{AUTHN}/{SAML}AuthnContext/{SAML}AuthnContextClassRef"
ATTRIBUTES = f"{SAML}AttributeStatement"
HETU = "urn:oid:1.2.246.21"
LAST_NAME = "urn:oid:2.5.4.4"
FIRST_NAMES = "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName"
BORN = "http://eidas.europa.eu/attributes/naturalperson/DateOfBirth"
XMLNS = 'xmlns="urn:oasis:names:tc:SAML:2.0:assertion"'
SHA1_DIGEST = re.compile(rb"xmlenc#sha256")

WRAPPINGS = [
    *[
        AttackCase(
            f"wrapping of the response: {wrapping.__name__}", wrapped_response(wrapping), f"response-{why}"
        )
        for wrapping, why in WRAPPING_ATTACKS
    ],
    *[
        AttackCase(
            f"wrapping of the assertion: {wrapping.__name__}", wrapped_assertion(wrapping), f"assertion-{why}"
        )
        for wrapping, why in WRAPPING_ATTACKS
    ],
]

ABOUT_THE_SIGNATURES = [
    AttackCase("response not signed", after(no_signature), "response-signature-count"),
    AttackCase("assertion not signed", after_assertion(no_signature), "assertion-signature-count"),
    AttackCase("response signed by another", response_by(lambda r: signed(r, pair("thief"))), "response-signature"),
    AttackCase("assertion signed by another",
        assertion_by(lambda r: signed(r, pair("thief"))), "assertion-signature"),
    AttackCase("signed by our own key", response_by(lambda r: signed(r, pair("our-signing"))), "response-signature"),
    AttackCase("pinned certificate out of date", out_of_date, "response-certificates-out-of-date"),
    AttackCase("response changed afterwards", after(lambda r: r.set("Version", "2.1")), "response-signature"),
    AttackCase("assertion changed afterwards", after_assertion(swapped_names), "assertion-signature"),
    AttackCase("signature in another place", after(signature_deeper), "response-signature-place"),
    AttackCase("empty signature", after(empty_signature), "response-signature-shape"),
    AttackCase("a signature of zeros", after(zeros), "response-signature"),
    AttackCase("HMAC by the certificate",
        after(method("http://www.w3.org/2000/09/xmldsig#hmac-sha256")), "response-signature-shape"),
    AttackCase("RSA with SHA-1",
        after(method("http://www.w3.org/2000/09/xmldsig#rsa-sha1")), "response-signature-shape"),
    AttackCase("RSA with SHA-512, not agreed",
        response_by(lambda r: signed(r, pair("idp"), algorithm="rsa-sha512")), "response-signature-shape"),
    AttackCase("an unknown algorithm", after(method("urn:made-up")), "response-signature-shape"),
    AttackCase("digest by SHA-1",
        response_by(lambda r: _changed(signed(r, pair("idp")), lambda root: _set(
            root, f".//{DS}DigestMethod", {"Algorithm": "http://www.w3.org/2000/09/xmldsig#sha1"}))),
        "response-signature"),
    AttackCase("digest by SHA-224, signed so",
        response_by(lambda r: signed(r, pair("idp"), digest=DigestAlgorithm.SHA224)),
        "response-signature-shape"),
    AttackCase("inclusive canonicalisation",
        response_by(lambda r: signed(r, pair("idp"), c14n=CanonicalizationMethod.CANONICAL_XML_1_0)),
        "response-canonicalisation"),
    AttackCase("canonicalisation with comments",
        response_by(lambda r: signed(
            r, pair("idp"),
            c14n=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS)),
        "response-canonicalisation"),
    AttackCase("reference to the whole document", after(reference_to("")), "response-signature-reference"),
    AttackCase("reference to another id", after(reference_to("#_assertion")), "response-signature-reference"),
    AttackCase("reference by XPointer", after(reference_to("#xpointer(/)")), "response-signature-reference"),
    AttackCase("reference to the network",
        after(reference_to("https://evil.example/")), "response-signature-reference"),
    AttackCase("two references", after(second_reference), "response-signature-references"),
    AttackCase("transform by XSLT",
        after(transform("http://www.w3.org/TR/1999/REC-xslt-19991116")), "response-signature-transforms"),
    AttackCase("transform by XPath",
        after(transform("http://www.w3.org/TR/1999/REC-xpath-19991116")), "response-signature-transforms"),
    AttackCase("no id", envelope(ID=""), None),
]  # fmt: skip

ABOUT_THE_DOCUMENT = [
    AttackCase("a DTD", raw(lambda b: b"<!DOCTYPE r>" + b), "response-markup"),
    AttackCase("an entity", raw(entity), "response-markup"),
    AttackCase("a DTD in the assertion", plain(lambda b: b"<!DOCTYPE r>" + b), "assertion-markup"),
    AttackCase("a name split by a comment",
        plain(lambda b: b.replace(b"Korhonen", b"Korho<!---->nen")), "assertion-markup"),
    AttackCase("an audience split by a comment",
        plain(lambda b: b.replace(US.encode(), US.encode() + b"<!-- -->.evil")), "assertion-markup"),
    AttackCase("a comment in the response", raw(lambda b: b.replace(b"</samlp:Status>", b"<!-- --></samlp:Status>")),
        "response-markup"),
    AttackCase("CDATA", plain(lambda b: b.replace(b"Korhonen", b"<![CDATA[Korhonen]]>")), "assertion-markup"),
    AttackCase("a processing instruction",
        plain(lambda b: b.replace(b"Korhonen", b"Korho<?x?>nen")), "assertion-markup"),
    AttackCase("UTF-16", raw(in_utf_16), "response-encoding"),
    AttackCase("UTF-7", raw(in_utf_7), "response-encoding"),
    AttackCase("no XML", raw(lambda b: b[:-9]), "response-xml"),
    AttackCase("HTML", raw(lambda _: b"<html><p>No</html>"), "response-xml"),
    AttackCase("too large", raw(lambda b: b + b" " * 70_000), "response-size"),
    AttackCase("a thousand elements", raw(lambda _: b"<r>" + b"<a/>" * 1001 + b"</r>"), "response-too-large"),
    AttackCase("ten thousand deep", raw(lambda _: b"<a>" * 10_000), "response-xml"),
    AttackCase("no base64", posts(SAMLResponse="<Response/>"), "response-base64"),
    AttackCase("empty", posts(SAMLResponse=""), "response-size"),
    AttackCase("text beyond ASCII", posts(SAMLResponse="ä"), "response-base64"),
    AttackCase("another document", raw(lambda b: b.replace(b"samlp:Response", b"samlp:LogoutResponse")),
        "response-shape"),
    AttackCase("not an assertion inside", plain(lambda _: b"<a/>"), "assertion-shape"),
    AttackCase("nothing inside", plain(lambda _: b"    "), "assertion-xml"),
]  # fmt: skip

ABOUT_THE_ENCRYPTION = [
    AttackCase("not encrypted", plain_assertion, "assertion-not-encrypted"),
    AttackCase("not encrypted, but signed", plain_signed_assertion, "response-signature-count"),
    AttackCase("a plain one beside", enveloped(lambda r: r.append(evil_assertion())), "assertion-not-encrypted"),
    AttackCase("a plain one in an extension", enveloped(lambda r: etree.SubElement(
        r, f"{SAMLP}Extensions").append(evil_assertion())), "assertion-not-encrypted"),
    AttackCase("two encrypted ones", evil_encrypted_one_first, "assertion-count"),
    AttackCase("none", enveloped(lambda r: _remove(r, f"{SAML}EncryptedAssertion")), "assertion-count"),
    AttackCase("AES-CBC", encrypted(algorithm=CBC), "encryption-algorithm"),
    AttackCase("AES-CBC padded with more than there is", padded_badly, "encryption-content"),
    AttackCase("AES-CBC cut off", cut_off, "encryption-content"),
    AttackCase("RSA 1.5", encrypted(key_algorithm="http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        "encryption-key-algorithm"),
    AttackCase("an unknown digest", encrypted(digest="http://www.w3.org/2001/04/xmldsig-more#md5"),
        "encryption-key-algorithm"),
    AttackCase("for another key", encrypted(recipient="somebody"), "encryption-key"),
    AttackCase("with the key of our signatures", encrypted(recipient="our-signing"), "encryption-key"),
    AttackCase("a reference in place of it", enveloped(cipher_reference), "encryption-shape"),
    AttackCase("no type", enveloped(no_type), "encryption-type"),
    AttackCase("too short", enveloped(short_cipher), "encryption-shape"),
    AttackCase("two keys", enveloped(two_keys), "encryption-keys"),
]  # fmt: skip

ABOUT_THE_ENVELOPE = [
    AttackCase("another destination", envelope(Destination="https://evil.example/return/"), "response-destination"),
    AttackCase("no destination", envelope(Destination=None), "response-destination"),
    AttackCase("unsolicited", envelope(InResponseTo=None), "response-in-response-to"),
    AttackCase("for another request", envelope(InResponseTo="_other"), "response-in-response-to"),
    AttackCase("replayed for another attempt", replayed_for_another_attempt, "response-in-response-to"),
    AttackCase("another state", posts(RelayState="state-of-another"), "state"),
    AttackCase("no state", posts(RelayState=""), "state"),
    AttackCase("state beyond ASCII", posts(RelayState="\ud800"), "state"),
    AttackCase("another version", envelope(Version="1.1"), "response-version"),
    AttackCase("issued long ago", envelope(IssueInstant=at(-700)), "response-issued"),
    AttackCase("issued in the future", envelope(IssueInstant=at(31)), "response-issued"),
    AttackCase("issued without a zone", envelope(IssueInstant="2026-03-02T12:00:00"), "response-issued"),
    AttackCase("issued never", envelope(IssueInstant="0000-00-00T00:00:00Z"), "response-issued"),
    AttackCase("issued with a zone twice", envelope(IssueInstant="2026-03-02T12:00:00+02:00Z"), "response-issued"),
    AttackCase("another issuer", enveloped(lambda r: setattr(_at(r, f"{SAML}Issuer"), "text", "https://evil")),
        "response-issuer"),
    AttackCase("turned back", status("AuthnFailed"), None, IdentificationCancelled),
    AttackCase("request denied", status("RequestDenied"), None, IdentificationCancelled),
    AttackCase("no such level", status("NoAuthnContext"), None, AssuranceTooLow),
    AttackCase("no bank there", status("NoAvailableIDP"), "broker-unavailable", BrokerUnavailable),
    AttackCase("refused", status("", "Requester"), "broker-refused"),
    AttackCase("a failure with an assertion", enveloped(
        lambda r: _set(r, f"{SAMLP}Status/{SAMLP}StatusCode", {"Value": STATUS + "Responder"})),
        "broker-refused"),
    AttackCase("no status", enveloped(lambda r: _remove(r, f"{SAMLP}Status")), "status"),
]  # fmt: skip

ABOUT_THE_ASSERTION = [
    AttackCase("another issuer", text(f"{SAML}Issuer", IDP + "/"), "assertion-issuer"),
    AttackCase("another version", says(".", Version="1.1"), "assertion-version"),
    AttackCase("issued long ago", says(".", IssueInstant=at(-700)), "assertion-issued"),
    AttackCase("another audience", text(AUDIENCE, "https://other.example"), "audience"),
    AttackCase("two audiences", twice(AUDIENCE), "audience"),
    AttackCase("two restrictions", twice(RESTRICTION), "audience"),
    AttackCase("no audience", without(RESTRICTION), "audience"),
    AttackCase("no conditions", without(CONDITIONS), "conditions"),
    AttackCase("an unknown condition", added(CONDITIONS, f"<Condition {XMLNS}/>"), "condition-unknown"),
    AttackCase("not yet", says(CONDITIONS, NotBefore=at(31)), "conditions-time"),
    AttackCase("no longer", says(CONDITIONS, NotOnOrAfter=at(-30)), "conditions-time"),
    AttackCase("no end", says(CONDITIONS, NotOnOrAfter=None), "conditions-time"),
    AttackCase("another recipient", says(DATA, Recipient="https://evil.example/"), "recipient"),
    AttackCase("no recipient", says(DATA, Recipient=None), "recipient"),
    AttackCase("confirmed for another request", says(DATA, InResponseTo="_other"), "confirmation-in-response-to"),
    AttackCase("confirmed for no request", says(DATA, InResponseTo=None), "confirmation-in-response-to"),
    AttackCase("confirmed beyond ASCII", says(DATA, InResponseTo="ä"), "confirmation-in-response-to"),
    AttackCase("confirmed too long ago", says(DATA, NotOnOrAfter=at(-30)), "confirmation-time"),
    AttackCase("confirmed without end", says(DATA, NotOnOrAfter=None), "confirmation-time"),
    AttackCase("confirmed from a time", says(DATA, NotBefore=at(-30)), "confirmation-time"),
    AttackCase("holder of a key", says(CONFIRMATION, Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        "confirmation-method"),
    AttackCase("two confirmations", twice(CONFIRMATION), "confirmation"),
    AttackCase("no subject", without(SUBJECT), "subject"),
    AttackCase("identified before the attempt", says(AUTHN, AuthnInstant=at(-91)), "authn-instant"),
    AttackCase("identified in the future", says(AUTHN, AuthnInstant=at(31)), "authn-instant"),
    AttackCase("a session that has ended", says(AUTHN, SessionNotOnOrAfter=at(-30)), "session-time"),
    AttackCase("from the end of all days", says(CONDITIONS, NotBefore="9999-12-31T23:59:59Z"), "conditions-time"),
    AttackCase("until the first of days", says(AUTHN, SessionNotOnOrAfter="0001-01-01T00:00:00Z"), "session-time"),
    AttackCase("two log-ins", twice(AUTHN), "authn-statement"),
    AttackCase("no log-in", without(AUTHN), "authn-statement"),
    AttackCase("a weak log-in", text(LEVEL, "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"), None,
        AssuranceTooLow),
    AttackCase("a test level", text(LEVEL, "urn:oid:1.2.246.517.3002.110.999"), None, AssuranceTooLow),
    AttackCase("a level in capitals", text(LEVEL, "HTTP://FTN.FICORA.FI/2017/LOA2"), None, AssuranceTooLow),
    AttackCase("two levels", twice(LEVEL), "authn-context"),
    AttackCase("two statements of attributes", twice(ATTRIBUTES), "attributes"),
    AttackCase("no attributes", without(ATTRIBUTES), "attributes"),
    AttackCase("an attribute twice", twice(f"{ATTRIBUTES}/{SAML}Attribute"), "attribute-shape"),
    AttackCase("two values", twice(f"{ATTRIBUTES}/{SAML}Attribute/{SAML}AttributeValue"), "attribute-shape"),
    AttackCase("a value of elements", added(f"{ATTRIBUTES}/{SAML}Attribute/{SAML}AttributeValue", "<b>x</b>"),
        "attribute-shape"),
    AttackCase("identity code misshapen", attribute(HETU, "0101904900P"), "hetu-shape"),
    AttackCase("a wrong check character", attribute(HETU, "010190-123A"), "hetu-check"),
    AttackCase("identity code of the future", attribute(HETU, "010140A900P"), "hetu-future"),
    AttackCase("identity code in wide digits", attribute(HETU, "０10190-900P"), "hetu-shape"),
    AttackCase("a test code where none may be", lambda s: s.changed_party(allow_test_codes=False), "hetu-test"),
    AttackCase("another birth date", attribute(BORN, "1990-01-02"), "birth-date"),
    AttackCase("a birth date that is none", attribute(BORN, "1990-13-02"), "birth-date"),
    AttackCase("no family name", attribute(LAST_NAME, None), "last-name"),
    AttackCase("blank family name", attribute(LAST_NAME, " "), "last-name"),
    AttackCase("a name too long", attribute(FIRST_NAMES, "a" * 201), "first-names"),
    AttackCase("a municipality that is none", attribute("urn:oid:1.2.246.517.2002.2.18", "Helsinki"),
        "municipality"),
]  # fmt: skip

ATTACK_CASES = [
    *WRAPPINGS,
    *ABOUT_THE_SIGNATURES,
    *ABOUT_THE_DOCUMENT,
    *ABOUT_THE_ENCRYPTION,
    *ABOUT_THE_ENVELOPE,
    *ABOUT_THE_ASSERTION,
]


def _rotated(script: SamlScript) -> None:
    script.changed_provider(certificates=(pair("idp-new").certificate, pair("idp").certificate))


ACCEPTED_VARIANTS: list[tuple[str, Change]] = [
    ("nothing changed", lambda _: None),
    ("a clock that is 30 s behind", says(AUTHN, AuthnInstant=at(-89))),
    ("a key beside the data, as Shibboleth puts it", encrypted(beside=True)),
    ("AES-128", encrypted(algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm")),
    ("AES-CBC where the settings name it", takes_cbc),
    ("OAEP of 2013", encrypted(
        key_algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep",
        digest="http://www.w3.org/2001/04/xmlenc#sha256",
        mask="http://www.w3.org/2009/xmlenc11#mgf1sha256")),
    ("a certificate that is being changed", _rotated),
    ("our key that is being changed", lambda s: s.changed_party(
        decryption=(pair("our-new"), pair("our-decryption")))),
    ("an honest declaration", raw(lambda b: b'<?xml version="1.0" encoding="UTF-8"?>' + b)),
    ("base64 in lines", lambda s: setattr(s, "posts", lambda f: {
        **f, "SAMLResponse": re.sub("(.{76})", r"\1\r\n", f["SAMLResponse"])})),
    ("a namespace kept for the values' types", response_by(
        lambda r: signed_by_hand(r, pair("idp"), prefixes="saml xs"))),
    ("a session without an end that matters", says(AUTHN, SessionNotOnOrAfter="9999-12-31T23:59:59Z")),
    ("valid since the first of all days", says(CONDITIONS, NotBefore="0001-01-01T00:00:00Z")),
    ("times with fractions", says(CONDITIONS, NotBefore="2026-03-02T11:59:30.123Z")),
    ("one-time use", added(CONDITIONS, f"<OneTimeUse {XMLNS}/>")),
    ("a bank's test code with a wrong check character", attribute(HETU, "010190-9000")),
    ("an attempt begun a while ago", lambda s: setattr(s, "now", NOW + timedelta(seconds=200))),
]  # fmt: skip

__all__ = ["ACCEPTED_VARIANTS", "ATTACK_CASES", "REQUEST", "WRAPPINGS", "AttackCase"]
