"""Single logout: requests and answers of the provider are accepted, all others are refused."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit
from zlib import compressobj, decompress

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree

from kanssa.identification.methods.saml import SamlMethod
from kanssa.identification.refusals import IdentificationFailed
from kanssa.identification.single_logout import LogoutMessage, LogoutRequest, LogoutResponse, SingleLogout
from kanssa.values.identity import BrokerSession
from tests.identification.saml.scripted_provider import (
    IDP,
    LOGOUT_URL,
    NOW,
    SAML,
    SAMLP,
    Element,
    at,
    honest_party,
    pair,
    signed,
)

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SESSION = BrokerSession("_who", "_session", {"Format": "transient", "NameQualifier": ""})


def logout_request(**changes: str) -> Element:
    said = {"Destination": LOGOUT_URL, "IssueInstant": at(-1), "Version": "2.0", "ID": "_wish"} | changes
    attributes = " ".join(f'{name}="{value}"' for name, value in said.items())
    return etree.fromstring(
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP[1:-1]}" xmlns:saml="{SAML[1:-1]}" {attributes}>'
        f"<saml:Issuer>{IDP}</saml:Issuer><saml:NameID>_who</saml:NameID>"
        "<samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>"
    )


def answer(**changes: str) -> Element:
    said = {"Destination": LOGOUT_URL, "IssueInstant": at(-1), "Version": "2.0", "ID": "_answer"}
    attributes = " ".join(
        f'{name}="{value}"' for name, value in ({"InResponseTo": "_ours"} | said | changes).items()
    )
    return etree.fromstring(
        f'<samlp:LogoutResponse xmlns:samlp="{SAMLP[1:-1]}" xmlns:saml="{SAML[1:-1]}" {attributes}>'
        f"<saml:Issuer>{IDP}</saml:Issuer><samlp:Status><samlp:StatusCode"
        ' Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>'
    )


def deflated(raw: bytes) -> bytes:
    compressor = compressobj(wbits=-15)
    return compressor.compress(raw) + compressor.flush()


@dataclass
class Redirected:
    """A message in a query; a case changes one thing."""

    message: Element
    field: str = "SAMLRequest"
    state: str = "their state/+="
    by: str = "idp"
    algorithm: str = RSA_SHA256
    packed: Callable[[bytes], bytes] = deflated
    query: Callable[[str], str] = lambda query: query

    def came(self) -> LogoutMessage:
        fields = {
            self.field: b64encode(self.packed(etree.tostring(self.message))).decode(),
            "RelayState": self.state,
            "SigAlg": self.algorithm,
        }
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        signature = pair(self.by).key.sign(query.encode(), PKCS1v15(), hashes.SHA256())
        query = self.query(query + "&Signature=" + quote(b64encode(signature).decode(), safe=""))
        return redirected(query)


def redirected(query: str) -> LogoutMessage:
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    return LogoutMessage(fields, query, LOGOUT_URL)


def posted(message: Element, field: str = "SAMLRequest") -> LogoutMessage:
    packed = b64encode(etree.tostring(message)).decode()
    return LogoutMessage({field: packed, "RelayState": "their state"}, "", LOGOUT_URL)


def receive_logout(message: LogoutMessage) -> LogoutRequest | LogoutResponse:
    return SamlMethod(honest_party()).receive_logout(message, now=NOW)


@pytest.mark.parametrize(
    "came", [Redirected(logout_request()).came(), posted(signed(logout_request(), pair("idp")))]
)
def test_a_providers_request_is_received(came: LogoutMessage) -> None:
    read_logout_message = receive_logout(came)

    assert isinstance(read_logout_message, LogoutRequest)
    assert (read_logout_message.request_id, read_logout_message.subject, read_logout_message.indexes) == (
        "_wish",
        "_who",
        frozenset({"_session"}),
    )
    assert read_logout_message.relay_state.startswith("their state")


@pytest.mark.parametrize(
    "came",
    [Redirected(answer(), "SAMLResponse").came(), posted(signed(answer(), pair("idp")), "SAMLResponse")],
)
def test_a_providers_answer_is_received(came: LogoutMessage) -> None:
    assert receive_logout(came) == LogoutResponse("_ours")


def without_subject() -> Element:
    message = logout_request()
    message.remove(message[1])
    return message


FORGED: list[tuple[str, Callable[[], LogoutMessage], str]] = [
    ("not signed", lambda: posted(logout_request()), "logout-signature-count"),
    ("signed by another", lambda: posted(signed(logout_request(), pair("thief"))), "logout-signature"),
    ("signed by us", lambda: posted(signed(logout_request(), pair("our-signing"))), "logout-signature"),
    ("a redirect signed by another", lambda: Redirected(logout_request(), by="thief").came(), "logout-signature"),
    ("a redirect without its signature",
     lambda: Redirected(logout_request(), query=lambda q: q.partition("&Signature")[0]).came(), "logout-signature"),
    ("a redirect without its algorithm",
     lambda: Redirected(logout_request(), query=lambda q: q.replace("SigAlg", "Sigalg")).came(), "logout-signature"),
    ("a redirect signed by SHA-1",
     lambda: Redirected(logout_request(), algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1").came(),
     "logout-signature-algorithm"),
    ("another state than was signed",
     lambda: Redirected(logout_request(), query=lambda q: q.replace("their", "other")).came(), "logout-signature"),
    ("the state taken away",
     lambda: Redirected(logout_request(), query=lambda q: q.replace("&RelayState=their%20state%2F%2B%3D", "")).came(),
     "logout-signature"),
    ("a state under a name that is read otherwise elsewhere",
     lambda: Redirected(logout_request(), query=lambda q: q.replace("RelayState", "Relay%53tate")).came(),
     "logout-signature"),
    ("a field twice", lambda: Redirected(logout_request(), query=lambda q: q + "&RelayState=x").came(),
     "logout-duplicate"),
    ("request and answer at once",
     lambda: Redirected(logout_request(), query=lambda q: q + "&SAMLResponse=x").came(), "logout-shape"),
    ("neither", lambda: redirected("RelayState=x"), "logout-shape"),
    ("an answer as a request", lambda: Redirected(answer()).came(), "logout-shape"),
    ("a request as an answer", lambda: Redirected(logout_request(), "SAMLResponse").came(), "logout-shape"),
    ("another destination", lambda: Redirected(logout_request(Destination="https://other.example/")).came(),
     "logout-destination"),
    ("an old one", lambda: Redirected(logout_request(IssueInstant=at(-700))).came(), "logout-issued"),
    ("one of the future", lambda: Redirected(logout_request(IssueInstant=at(31))).came(), "logout-issued"),
    ("one that has ended", lambda: Redirected(logout_request(NotOnOrAfter=at(-30))).came(), "logout-time"),
    ("no subject", lambda: Redirected(without_subject()).came(), "logout-subject"),
    ("a huge one packed small",
     lambda: Redirected(logout_request(), packed=lambda _: deflated(b"<a>" * 1_000_000)).came(), "logout-too-large"),
    ("one that is not packed", lambda: Redirected(logout_request(), packed=lambda raw: raw).came(), "logout-deflate"),
    ("one with a DTD", lambda: Redirected(logout_request(), packed=lambda raw: deflated(b"<!DOCTYPE r>" + raw)).came(),
     "logout-markup"),
    ("a state without end", lambda: Redirected(logout_request(), state="x" * 1025).came(), "logout-shape"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "came", "why"), FORGED, ids=[title for title, _came, _why in FORGED])
def test_a_forged_logout_is_refused(title: str, came: Callable[[], LogoutMessage], why: str) -> None:
    with pytest.raises(IdentificationFailed) as refused:
        receive_logout(came())

    assert refused.value.facts["why"] == why


def test_another_issuer_is_refused() -> None:
    message = logout_request()
    message[0].text = "https://other.example"

    with pytest.raises(IdentificationFailed) as refused:
        receive_logout(Redirected(message).came())

    assert refused.value.facts["why"] == "logout-issuer"


def verified_query(url: str, field: str) -> tuple[Element, str]:
    """Read a redirect of ours as the provider would: by our published certificate."""
    query = urlsplit(url).query
    signed_part, _and, signature = query.partition("&Signature=")
    key = honest_party().signing.certificate.public_key()
    key.verify(  # type: ignore[union-attr, call-arg]
        b64decode(parse_qs(f"s={signature}")["s"][0]), signed_part.encode(), PKCS1v15(), hashes.SHA256()
    )
    fields = parse_qs(query)
    message = etree.fromstring(decompress(b64decode(fields[field][0]), -15))
    return message, fields.get("RelayState", [""])[0]


def test_signing_out_asks_the_provider_to_end_this_log_in() -> None:
    handover, request_id = SamlMethod(honest_party()).start_logout(SESSION, now=NOW)

    message, _state = verified_query(handover.url, "SAMLRequest")
    assert handover.url.startswith("https://idp.example/logout?")
    assert message.get("ID") == request_id
    assert message.findtext(f"{SAML}NameID") == "_who"
    assert message.findtext(f"{SAMLP}SessionIndex") == "_session"
    assert message.find(f"{SAML}NameID").attrib == {"Format": "transient"}  # type: ignore[union-attr]


def test_the_answer_names_the_request_that_it_answers() -> None:
    read_logout_message = receive_logout(Redirected(logout_request()).came())
    assert isinstance(read_logout_message, LogoutRequest)

    handover = SamlMethod(honest_party()).answer(read_logout_message, now=NOW + timedelta(seconds=1))

    message, state = verified_query(handover.url, "SAMLResponse")
    assert message.get("InResponseTo") == "_wish"
    assert state == "their state/+="


def test_the_method_implements_the_sign_out_protocol() -> None:
    assert isinstance(SamlMethod(honest_party()), SingleLogout)
