"""Our SAML messages: AuthnRequest, LogoutRequest and LogoutResponse."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote
from zlib import compressobj

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from kanssa.identification.methods.saml.parties import Binding, KeyPair, Party
from kanssa.identification.methods.saml.signatures import sign
from kanssa.identification.methods.saml.xml_documents import Element, serialised, written
from kanssa.identification.methods.saml.xml_names import NAMES, POST, STATUS, VETUMA, saml, samlp
from kanssa.identification.protocol import Handover
from kanssa.values.identity import BrokerSession

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_RAW_DEFLATE = -15
_SPACES = {name: NAMES[name] for name in ("samlp", "saml")}


def request_to_identify(
    party: Party, *, request_id: str, return_url: str, language: str, force: bool, now: datetime
) -> Element:
    request = _message("AuthnRequest", party, request_id, party.provider.login, now)
    # The person at the shared computer may be another than the one who logged in.
    request.set("ForceAuthn", "true" if force else "false")
    request.set("ProtocolBinding", POST)
    request.set("AssertionConsumerServiceURL", return_url)
    if party.language_extension:
        extensions = etree.SubElement(request, samlp("Extensions"))
        vetuma = etree.SubElement(extensions, f"{{{VETUMA}}}vetuma", nsmap={None: VETUMA})
        etree.SubElement(vetuma, f"{{{VETUMA}}}LG").text = language
    # “Minimum” would let the provider decide which levels are higher.
    wanted = etree.SubElement(request, samlp("RequestedAuthnContext"), Comparison="exact")
    for level in party.assurances:
        etree.SubElement(wanted, saml("AuthnContextClassRef")).text = level
    return request


def request_to_sign_out(party: Party, session: BrokerSession, *, request_id: str, now: datetime) -> Element:
    request = _message("LogoutRequest", party, request_id, party.provider.logout, now)
    request.set("Reason", "urn:oasis:names:tc:SAML:2.0:logout:user")
    qualifiers = {name: value for name, value in session.qualifiers.items() if value}
    etree.SubElement(request, saml("NameID"), qualifiers).text = session.subject
    etree.SubElement(request, samlp("SessionIndex")).text = session.index
    return request


def answer_to_sign_out(party: Party, *, answer_id: str, request_id: str, now: datetime) -> Element:
    address = party.provider.logout_answers or party.provider.logout
    answer = _message("LogoutResponse", party, answer_id, address, now)
    answer.set("InResponseTo", request_id)
    status = etree.SubElement(answer, samlp("Status"))
    etree.SubElement(status, samlp("StatusCode"), Value=f"{STATUS}Success")
    return answer


def sent(
    message: Element, field: str, *, to: str, pair: KeyPair, binding: Binding = "redirect", relay_state: str
) -> Handover:
    state = {"RelayState": relay_state} if relay_state else {}
    if binding == "post":
        packed = b64encode(serialised(sign(message, pair))).decode("ascii")
        return Handover(to, {field: packed, **state})
    query = _signed_query({field: _deflated(message), **state}, pair)
    return Handover(f"{to}{'&' if '?' in to else '?'}{query}")


def _message(kind: str, party: Party, message_id: str, address: str, now: datetime) -> Element:
    message = etree.Element(samlp(kind), nsmap=_SPACES)
    message.set("ID", message_id)
    message.set("Version", "2.0")
    message.set("IssueInstant", written(now))
    message.set("Destination", address)
    etree.SubElement(message, saml("Issuer")).text = party.entity_id
    return message


def _deflated(message: Element) -> str:
    compressor = compressobj(wbits=_RAW_DEFLATE)
    raw = compressor.compress(serialised(message)) + compressor.flush()
    return b64encode(raw).decode("ascii")


def _signed_query(fields: Mapping[str, str], pair: KeyPair) -> str:
    # Sign the exact octets of the query (Bindings 3.4.4.1).
    parameters = [*fields.items(), ("SigAlg", RSA_SHA256)]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)
    signature = pair.key.sign(query.encode("ascii"), PKCS1v15(), SHA256())
    return f"{query}&Signature={quote(b64encode(signature), safe='')}"
