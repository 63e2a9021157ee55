"""Extract the assertion from a posted response, checking issuer, recipient and request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kanssa.identification.methods.saml.encryption import decrypted
from kanssa.identification.methods.saml.parties import Party
from kanssa.identification.methods.saml.signatures import signed_part
from kanssa.identification.methods.saml.xml_documents import (
    Element,
    children,
    from_base64,
    moment,
    only,
    parse,
    text_of,
)
from kanssa.identification.methods.saml.xml_names import STATUS, saml, samlp
from kanssa.identification.protocol import Attempt
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
)

_OLDEST_MESSAGE = timedelta(minutes=10)
# Status codes when the person cancelled, or the bank rejected them.
_CANCELLED = frozenset({f"{STATUS}AuthnFailed", f"{STATUS}RequestDenied"})
_TOO_WEAK = f"{STATUS}NoAuthnContext"
_UNAVAILABLE = frozenset({f"{STATUS}NoAvailableIDP", f"{STATUS}NoSupportedIDP"})


@dataclass(frozen=True, slots=True)
class Expected:
    """Values that a message must have to be meant for us, now."""

    address: str
    request_id: str
    now: datetime
    skew: timedelta


def request_id_of(attempt_nonce: str) -> str:
    # The nonce may begin with a digit, an XML name may not.
    return f"_{attempt_nonce}"


def expected_of(attempt: Attempt, party: Party, now: datetime) -> Expected:
    skew = timedelta(seconds=party.clock_skew)
    return Expected(attempt.return_url, request_id_of(attempt.nonce), now, skew)


def assertion_in(reply: Mapping[str, str], *, party: Party, expected: Expected) -> Element:
    response = _response(reply, party, expected)
    _check_success(response)
    # Refuse a plain assertion anywhere, so that there is never a choice between two.
    if any(True for _ in response.iter(saml("Assertion"))):
        raise IdentificationFailed(why="assertion-not-encrypted")
    encrypted = only(response, saml("EncryptedAssertion"), why="assertion-count")
    # Safe, because the response around it is signed.
    plain = decrypted(encrypted, [pair.key for pair in party.decryption], ciphers=party.ciphers)
    root = parse(plain, what="assertion")
    # Any element may have been encrypted.
    if root.tag != saml("Assertion"):
        raise IdentificationFailed(why="assertion-shape")
    return signed_part(root, provider=party.provider, now=expected.now, what="assertion")


def _response(reply: Mapping[str, str], party: Party, expected: Expected) -> Element:
    root = parse(from_base64(reply.get("SAMLResponse"), what="response"), what="response")
    if root.tag != samlp("Response"):
        raise IdentificationFailed(why="response-shape")
    # From here on use only the signed tree.
    response = signed_part(root, provider=party.provider, now=expected.now, what="response")
    check_envelope(response, issuer=party.provider.entity_id, expected=expected, what="response")
    # Unsolicited responses would allow log-in CSRF.
    if response.get("InResponseTo") != expected.request_id:
        raise IdentificationFailed(why="response-in-response-to")
    return response


def check_envelope(message: Element, *, issuer: str, expected: Expected, what: str) -> None:
    """Check the envelope of a signed message. Raises IdentificationFailed."""
    if message.get("Version") != "2.0":
        raise IdentificationFailed(why=f"{what}-version")
    if text_of(only(message, saml("Issuer"), why=f"{what}-issuer")) != issuer:
        raise IdentificationFailed(why=f"{what}-issuer")
    # A message for another service must not work here.
    if message.get("Destination") != expected.address:
        raise IdentificationFailed(why=f"{what}-destination")
    check_issued(message, expected, what=what)


def check_issued(message: Element, expected: Expected, *, what: str) -> None:
    """Check that it was issued just now. Raises IdentificationFailed."""
    at = moment(message.get("IssueInstant"), why=f"{what}-issued")
    if not expected.now - _OLDEST_MESSAGE - expected.skew <= at <= expected.now + expected.skew:
        raise IdentificationFailed(why=f"{what}-issued")


def _check_success(response: Element) -> None:
    # Status codes are nested; the inner ones give the reason.
    code = only(only(response, samlp("Status"), why="status"), samlp("StatusCode"), why="status")
    if code.get("Value") == f"{STATUS}Success":
        return
    codes = {inner.get("Value", "") for inner in children(code, samlp("StatusCode"))}
    # Cancelling is no fault: it gets a page of its own.
    if codes & _CANCELLED:
        raise IdentificationCancelled
    if _TOO_WEAK in codes:
        raise AssuranceTooLow
    if codes & _UNAVAILABLE:
        raise BrokerUnavailable(why="broker-unavailable")
    raise IdentificationFailed(why="broker-refused")
