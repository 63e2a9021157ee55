"""The SAML method for tests of pages, and a provider that answers its requests."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from zlib import compressobj, decompress

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree

from kanssa.identification.methods.saml import SamlMethod
from tests.cast import CastMember
from tests.identification.saml.scripted_provider import (
    IDP,
    SAML,
    SAMLP,
    Frame,
    SamlScript,
    at,
    honest_party,
    pair,
)

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
LOGOUT = "http://127.0.0.1:8000/return/suomifi/logout/"
NATURAL_PERSON = "http://eidas.europa.eu/attributes/naturalperson/"
FOREIGNER = {
    f"{NATURAL_PERSON}PersonIdentifier": "SE/FI/1",
    f"{NATURAL_PERSON}CurrentFamilyName": "Svensson",
    f"{NATURAL_PERSON}CurrentGivenName": "Maja",
    f"{NATURAL_PERSON}DateOfBirth": "1990-05-06",
}


def load(key: str, table: Mapping[str, object], folder: Path) -> SamlMethod:
    return SamlMethod(honest_party())


@dataclass(frozen=True)
class SamlRequest:
    """One of our requests, as the provider received it."""

    request_id: str
    return_url: str
    state: str


def parse_saml_request(url: str) -> SamlRequest:
    fields = parse_qs(urlsplit(url).query)
    request = etree.fromstring(decompress(b64decode(fields["SAMLRequest"][0]), -15))
    return SamlRequest(
        str(request.get("ID")),
        str(request.get("AssertionConsumerServiceURL")),
        fields.get("RelayState", [""])[0],
    )


def attributes_of(who: CastMember) -> dict[str, str]:
    return {
        "urn:oid:1.2.246.21": who.hetu,
        "urn:oid:2.5.4.4": who.last_name,
        f"{NATURAL_PERSON}CurrentGivenName": who.first_names,
    }


def reply(question: SamlRequest, attributes: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """Return the fields that the provider's page posts to us."""
    frame = Frame(now, question.return_url, question.request_id)
    script = SamlScript(attributes=dict(attributes), frame=frame)
    return {**script.fields(), "RelayState": question.state}


def logout_query(field: str, inner: str, *, now: datetime, by: str = "idp", **attributes: str) -> str:
    """Return the query of a signed redirect from the provider to our log-out address."""
    kind = "LogoutRequest" if field == "SAMLRequest" else "LogoutResponse"
    attributes_xml = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    message = (
        f'<samlp:{kind} xmlns:samlp="{SAMLP[1:-1]}" xmlns:saml="{SAML[1:-1]}" ID="_theirs" Version="2.0"'
        f' IssueInstant="{at(0, now)}" Destination="{LOGOUT}" {attributes_xml}>'
        f"<saml:Issuer>{IDP}</saml:Issuer>{inner}</samlp:{kind}>"
    )
    compressor = compressobj(wbits=-15)
    packed = b64encode(compressor.compress(message.encode()) + compressor.flush()).decode()
    query = f"{field}={quote(packed, safe='')}&SigAlg={quote(RSA_SHA256, safe='')}"
    signature = pair(by).key.sign(query.encode(), PKCS1v15(), hashes.SHA256())
    return f"{query}&Signature={quote(b64encode(signature).decode(), safe='')}"


def logout_request_query(subject: str, index: str, *, now: datetime, by: str = "idp") -> str:
    inner = f"<saml:NameID>{subject}</saml:NameID><samlp:SessionIndex>{index}</samlp:SessionIndex>"
    return logout_query("SAMLRequest", inner, now=now, by=by)


def logout_response_query(request_id: str, *, now: datetime, by: str = "idp") -> str:
    success = "urn:oasis:names:tc:SAML:2.0:status:Success"
    inner = f'<samlp:Status><samlp:StatusCode Value="{success}"/></samlp:Status>'
    return logout_query("SAMLResponse", inner, now=now, by=by, InResponseTo=request_id)
