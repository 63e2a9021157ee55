"""Front-channel single logout in both directions; only signed messages are accepted."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from urllib.parse import unquote, unquote_plus
from zlib import decompressobj
from zlib import error as NotDeflated  # noqa: N812 the name says what it means

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kanssa.identification.methods.saml.parties import Party
from kanssa.identification.methods.saml.requests import answer_to_sign_out, request_to_sign_out, sent
from kanssa.identification.methods.saml.response import Expected, check_envelope
from kanssa.identification.methods.saml.signatures import current_certificates, signed_part
from kanssa.identification.methods.saml.xml_documents import (
    LARGEST,
    Element,
    children,
    from_base64,
    moment,
    only,
    parse,
    text_of,
)
from kanssa.identification.methods.saml.xml_names import saml, samlp
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import IdentificationFailed
from kanssa.identification.single_logout import LogoutMessage, LogoutRequest, LogoutResponse
from kanssa.values.identity import BrokerSession

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "rsa-sha256": hashes.SHA256,
    "rsa-sha384": hashes.SHA384,
    "rsa-sha512": hashes.SHA512,
}
_SIGNED = ("RelayState", "SigAlg")
_LONGEST_STATE = 1024
_RAW_DEFLATE = -15


def build_logout_request(party: Party, session: BrokerSession, *, now: datetime) -> tuple[Handover, str]:
    request_id = f"_{token_hex(16)}"
    message = request_to_sign_out(party, session, request_id=request_id, now=now)
    handover = sent(message, "SAMLRequest", to=party.provider.logout, pair=party.signing, relay_state="")
    return handover, request_id


def logout_response_to(party: Party, logout_request: LogoutRequest, *, now: datetime) -> Handover:
    message = answer_to_sign_out(
        party, answer_id=f"_{token_hex(16)}", request_id=logout_request.request_id, now=now
    )
    address = party.provider.logout_answers or party.provider.logout
    return sent(
        message, "SAMLResponse", to=address, pair=party.signing, relay_state=logout_request.relay_state
    )


def read_logout_message(
    party: Party, message: LogoutMessage, *, now: datetime
) -> LogoutRequest | LogoutResponse:
    """Read a message to our logout address. Raises IdentificationFailed."""
    raw = dict(_raw_fields(message.query)) if message.query else {}
    # Parse the query here, because exactly these octets are signed: another parser may differ.
    fields = {name: unquote_plus(value) for name, value in raw.items()} or message.fields
    named = [name for name in ("SAMLRequest", "SAMLResponse") if name in fields]
    # A request and a response at once could mean two things.
    if len(named) != 1:
        raise IdentificationFailed(why="logout-shape")
    root = _redirected(party, raw, named[0], now) if raw else _posted(party, fields[named[0]], now)
    expected = Expected(message.address, "", now, timedelta(seconds=party.clock_skew))
    check_envelope(root, issuer=party.provider.entity_id, expected=expected, what="logout")
    if (named[0], root.tag) == ("SAMLRequest", samlp("LogoutRequest")):
        return _parse_logout_request(root, fields.get("RelayState", ""), expected)
    if (named[0], root.tag) == ("SAMLResponse", samlp("LogoutResponse")):
        return LogoutResponse(request_id=root.get("InResponseTo", ""))
    raise IdentificationFailed(why="logout-shape")


def _posted(party: Party, packed: str, now: datetime) -> Element:
    # Read a posted message; the signature is in the document.
    root = parse(from_base64(packed, what="logout"), what="logout")
    return signed_part(root, provider=party.provider, now=now, what="logout")


def _redirected(party: Party, raw: Mapping[str, str], name: str, now: datetime) -> Element:
    # Read a message from a query; the signature covers the octets as received.
    if not {"SigAlg", "Signature"} <= raw.keys():
        raise IdentificationFailed(why="logout-signature")
    # The sender must not choose an algorithm that the settings leave out.
    algorithm = unquote(raw["SigAlg"]).removeprefix(_MORE)
    if algorithm not in party.provider.algorithms:
        raise IdentificationFailed(why="logout-signature-algorithm")
    signed = "&".join(f"{part}={raw[part]}" for part in (name, *_SIGNED) if part in raw)
    signature = from_base64(unquote(raw["Signature"]), what="logout-signature")
    if not _is_signed(party, signed.encode(), signature, _HASHES[algorithm](), now):
        raise IdentificationFailed(why="logout-signature")
    return parse(_inflated(from_base64(unquote(raw[name]), what="logout")), what="logout")


def _raw_fields(query: str) -> Iterator[tuple[str, str]]:
    # Split a query without decoding. A repeated field would be ambiguous.
    names = set()
    for part in query.split("&"):
        name, _equals, value = part.partition("=")
        if name in names:
            raise IdentificationFailed(why="logout-duplicate")
        names.add(name)
        yield name, value


def _is_signed(
    party: Party, signed: bytes, signature: bytes, algorithm: hashes.HashAlgorithm, now: datetime
) -> bool:
    for certificate in current_certificates(party.provider, now):
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            continue
        try:
            key.verify(signature, signed, PKCS1v15(), algorithm)
        except InvalidSignature:
            continue
        return True
    return False


def _inflated(raw: bytes) -> bytes:
    # Limit the unpacked size: a small packet can hold a huge message.
    inflater = decompressobj(wbits=_RAW_DEFLATE)
    try:
        plain = inflater.decompress(raw, LARGEST + 1)
    except NotDeflated:
        raise IdentificationFailed(why="logout-deflate") from None
    if inflater.unconsumed_tail or not inflater.eof:
        raise IdentificationFailed(why="logout-too-large")
    return plain


def _parse_logout_request(request: Element, relay_state: str, expected: Expected) -> LogoutRequest:
    ends = request.get("NotOnOrAfter")
    if ends is not None and moment(ends, why="logout-time") + expected.skew <= expected.now:
        raise IdentificationFailed(why="logout-time")
    # Our answer repeats both.
    if not request.get("ID") or len(relay_state) > _LONGEST_STATE:
        raise IdentificationFailed(why="logout-shape")
    return LogoutRequest(
        request_id=request.get("ID", ""),
        subject=text_of(only(request, saml("NameID"), why="logout-subject")),
        indexes=frozenset(text_of(index) for index in children(request, samlp("SessionIndex"))),
        relay_state=relay_state,
    )
