"""An identity provider that writes what a test wants, honest by default."""

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm
from signxml.signer import XMLSigner

from kanssa.identification.methods.saml import Party, SamlMethod
from kanssa.identification.methods.saml.parties import KeyPair, Provider
from kanssa.identification.protocol import Attempt
from kanssa.values.identity import VerifiedIdentity

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
IDP = "https://idp.example/idp1"
US = "https://kanssa.example/saml"
RETURN_URL = "https://kanssa.example/return/suomifi/"
LOGOUT_URL = "https://kanssa.example/return/suomifi/logout/"
LOA2 = "http://ftn.ficora.fi/2017/loa2"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
OAEP_2002 = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"

ATTEMPT = Attempt(
    id=UUID(int=1),
    state="state-" + "s" * 37,
    nonce="nonce-" + "n" * 37,
    verifier="verifier-" + "v" * 40,
    begun_at=NOW - timedelta(seconds=60),
    return_url=RETURN_URL,
)
REQUEST = f"_{ATTEMPT.nonce}"

ATTRIBUTES = {
    "urn:oid:1.2.246.21": "010190-900P",
    "urn:oid:2.5.4.4": "Korhonen",
    "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName": "Aino Inkeri",
    "urn:oid:2.5.4.42": "Inkeri",
    "urn:oid:1.2.246.517.2002.2.18": "091",
    "urn:oid:1.2.246.517.2002.2.27": "0",
}

Element = etree._Element
Change = Callable[[Element], object]


@cache
def key(name: str) -> RSAPrivateKey:
    """Make one key per name and test run: making them is slow."""
    return generate_private_key(65537, 2048)


@cache
def pair(name: str, *, days: int = 365) -> KeyPair:
    """Return a key and a certificate that is valid for `days` days from a year before NOW."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = NOW - timedelta(days=364)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(name).public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days + 364 if days > 0 else 364 + days))
        .sign(key(name), hashes.SHA256())
    )
    return KeyPair(key(name), certificate)


def honest_party() -> Party:
    return Party(
        key="suomifi",
        labels={"fi": "Suomi.fi", "sv": "Suomi.fi", "en": "Suomi.fi"},
        entity_id=US,
        provider=Provider(
            entity_id=IDP,
            login="https://idp.example/login",
            certificates=(pair("idp").certificate,),
            logout="https://idp.example/logout",
        ),
        signing=pair("our-signing"),
        decryption=(pair("our-decryption"),),
        assurances={LOA2: "substantial", "http://ftn.ficora.fi/2017/loa3": "high"},
        language_extension=True,
        allow_test_codes=True,
    )


@dataclass(frozen=True)
class Frame:
    """The facts of an honest answer."""

    now: datetime = NOW
    return_url: str = RETURN_URL
    request_id: str = REQUEST

    def at(self, seconds: float) -> str:
        return at(seconds, self.now)


def at(seconds: float, now: datetime = NOW) -> str:
    return (now + timedelta(seconds=seconds)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(attributes: Mapping[str, str], frame: Frame = Frame()) -> Element:
    told = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in attributes.items()
    )
    return etree.fromstring(
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion"'
        f' Version="2.0" IssueInstant="{frame.at(-1)}"><saml:Issuer>{IDP}</saml:Issuer>'
        f'<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_who'
        f'</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData InResponseTo="{frame.request_id}" NotOnOrAfter="{frame.at(300)}"'
        f' Recipient="{frame.return_url}"/></saml:SubjectConfirmation></saml:Subject>'
        f'<saml:Conditions NotBefore="{frame.at(-30)}" NotOnOrAfter="{frame.at(300)}">'
        f"<saml:AudienceRestriction><saml:Audience>{US}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{frame.at(-20)}" SessionIndex="_session"><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{LOA2}</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement><saml:AttributeStatement>{told}</saml:AttributeStatement></saml:Assertion>"
    )


def response(frame: Frame = Frame()) -> Element:
    return etree.fromstring(
        f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
        f' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0"'
        f' IssueInstant="{frame.at(-1)}" Destination="{frame.return_url}" InResponseTo="{frame.request_id}">'
        f"<saml:Issuer>{IDP}</saml:Issuer><samlp:Status>"
        f'<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f"</samlp:Response>"
    )


def signed(root: Element, by: KeyPair, **changes: Any) -> Element:
    """Sign a copy of an element; the element itself stays as it was."""
    root = deepcopy(root)
    issuer = root.find(f"{SAML}Issuer")
    assert issuer is not None
    issuer.addnext(etree.Element(f"{DS}Signature", {"Id": "placeholder"}, nsmap={"ds": DS[1:-1]}))
    c14n = changes.pop("c14n", CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    signer = XMLSigner(
        signature_algorithm=changes.pop("algorithm", "rsa-sha256"),
        digest_algorithm=changes.pop("digest", DigestAlgorithm.SHA256),
        c14n_algorithm=c14n,
    )
    reference = changes.pop("reference", root.get("ID"))
    return signer.sign(
        root, key=by.key, cert=[by.certificate], reference_uri=reference, id_attribute="ID", **changes
    )


def signed_by_hand(root: Element, by: KeyPair, *, prefixes: str) -> Element:
    """Sign like OpenSAML, which names the prefixes that values use; without the library."""
    told = f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="{prefixes}"/>'
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_canonical(root, prefixes.split()))
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS[1:-1]}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{EXC}"/>'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        f'<ds:Reference URI="#{root.get("ID")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS[1:-1]}enveloped-signature"/>'
        f'<ds:Transform Algorithm="{EXC}">{told}</ds:Transform></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{b64encode(digest.finalize()).decode()}</ds:DigestValue></ds:Reference>"
        "</ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
    )
    value = by.key.sign(_canonical(signature[0], []), PKCS1v15(), hashes.SHA256())
    signature[1].text = b64encode(value).decode()
    root.insert(1, signature)
    return root


def _canonical(element: Element, prefixes: list[str]) -> bytes:
    alone = etree.fromstring(etree.tostring(element))
    return etree.tostring(alone, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)


@dataclass
class Encryption:
    """The way the assertion is encrypted."""

    algorithm: str = GCM
    key_algorithm: str = OAEP_2002
    recipient: str = "our-decryption"
    digest: str = ""
    mask: str = ""
    beside: bool = False
    padding: int = 0
    cut: int = 0

    def of(self, plain: bytes) -> Element:
        secret = os.urandom(16 if "128" in self.algorithm else 32)
        digest = f'<ds:DigestMethod Algorithm="{self.digest}"/>' if self.digest else ""
        mask = f'<xenc11:MGF Algorithm="{self.mask}"/>' if self.mask else ""
        wrapped = b64encode(key(self.recipient).public_key().encrypt(secret, self._padding())).decode()
        encrypted_key = (
            f'<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{self.key_algorithm}">{digest}{mask}'
            f"</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>{wrapped}</xenc:CipherValue>"
            f"</xenc:CipherData></xenc:EncryptedKey>"
        )
        info = "" if self.beside else f"<ds:KeyInfo>{encrypted_key}</ds:KeyInfo>"
        sealed = b64encode(self._sealed(plain, secret)).decode()
        return etree.fromstring(
            '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
            ' xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
            ' xmlns:xenc11="http://www.w3.org/2009/xmlenc11#">'
            '<xenc:EncryptedData Type="http://www.w3.org/2001/04/xmlenc#Element">'
            f'<xenc:EncryptionMethod Algorithm="{self.algorithm}"/>{info}<xenc:CipherData>'
            f"<xenc:CipherValue>{sealed}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
            f"{encrypted_key if self.beside else ''}</saml:EncryptedAssertion>"
        )

    def _padding(self) -> OAEP | PKCS1v15:
        if self.key_algorithm.endswith("rsa-1_5"):
            return PKCS1v15()
        digest = hashes.SHA256() if "sha256" in self.digest else hashes.SHA1()
        mask = hashes.SHA256() if "sha256" in self.mask else hashes.SHA1()
        return OAEP(mgf=MGF1(mask), algorithm=digest, label=None)

    def _sealed(self, plain: bytes, secret: bytes) -> bytes:
        if self.algorithm.endswith("cbc"):
            nonce, length = os.urandom(16), 16 - len(plain) % 16
            cipher = Cipher(AES(secret), CBC(nonce)).encryptor()
            padding = bytes([self.padding or length]) * length
            sealed = nonce + cipher.update(plain + padding) + cipher.finalize()
            return sealed[: -self.cut] if self.cut else sealed
        nonce = os.urandom(12)
        return nonce + AESGCM(secret).encrypt(nonce, plain, None)


def nothing(_: Element) -> None:
    pass


@dataclass
class SamlScript:
    """The provider's answers; a case changes one thing of an honest answer.

    The changes come in the order in which the provider works: what the assertion says, the signed
    assertion, its bytes, the response, the signed response, its bytes, the fields that are posted.
    """

    party: Party = field(default_factory=honest_party)
    attributes: dict[str, str] = field(default_factory=lambda: dict(ATTRIBUTES))
    says: Change = nothing
    signs_assertion: Callable[[Element], Element] = lambda root: signed(root, pair("idp"))
    after_signing_assertion: Callable[[Element], Element] = lambda root: root
    plain: Callable[[bytes], bytes] = lambda raw: raw
    encryption: Encryption = field(default_factory=Encryption)
    wraps: Callable[["SamlScript", Element], Element] | None = None
    envelope: Change = nothing
    signs_response: Callable[[Element], Element] = lambda root: signed(root, pair("idp"))
    after_signing: Callable[[Element], Element] = lambda root: root
    raw: Callable[[bytes], bytes] = lambda raw: raw
    posts: Callable[[dict[str, str]], dict[str, str]] = lambda fields: fields
    attempt: Attempt = ATTEMPT
    now: datetime = NOW
    frame: Frame = Frame()

    def signed_assertion(self) -> Element:
        root = assertion(self.attributes, self.frame)
        self.says(root)
        return self.after_signing_assertion(self.signs_assertion(root))

    def signed_response(self) -> Element:
        root = response(self.frame)
        inner = self.signed_assertion()
        sealed = self.encryption.of(self.plain(etree.tostring(inner)))
        root.append(self.wraps(self, inner) if self.wraps else sealed)
        self.envelope(root)
        return self.after_signing(self.signs_response(root))

    def fields(self) -> dict[str, str]:
        raw = self.raw(etree.tostring(self.signed_response()))
        fields = {"SAMLResponse": b64encode(raw).decode(), "RelayState": self.attempt.state}
        return self.posts(fields)

    def changed_party(self, **changes: Any) -> None:
        self.party = replace(self.party, **changes)

    def changed_provider(self, **changes: Any) -> None:
        self.party = replace(self.party, provider=replace(self.party.provider, **changes))

    def finish(self) -> VerifiedIdentity:
        method = SamlMethod(self.party)
        return method.finish(self.fields(), attempt=self.attempt, now=self.now)
