"""The configuration of the identity provider and of ourselves; never a message's statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate

from kanssa.identification.protocol import Needs

FEWEST_RSA_BITS = 2048

Assurance = Literal["substantial", "high"]
SignatureAlgorithm = Literal["rsa-sha256", "rsa-sha384", "rsa-sha512"]
Cipher = Literal["aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc"]
Binding = Literal["redirect", "post"]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Our private key and its certificate in our metadata."""

    key: RSAPrivateKey = field(repr=False)
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider. Only signatures by one of `certificates` are accepted.

    Key information in messages is never used. Two certificates cover the weeks of a key change; an
    expired one is not used. `logout` is empty if the provider has no single logout, and `logout_answers`
    if responses go to the same address.
    """

    entity_id: str
    login: str
    certificates: tuple[Certificate, ...]
    algorithms: tuple[SignatureAlgorithm, ...] = ("rsa-sha256",)
    logout: str = ""
    logout_answers: str = ""


@dataclass(frozen=True, slots=True)
class AttributeNames:
    """The provider's names of the attributes; the defaults are Suomi.fi's."""

    hetu: str = "urn:oid:1.2.246.21"
    last_name: str = "urn:oid:2.5.4.4"
    first_names: str = "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName"
    calling_name: str = "urn:oid:2.5.4.42"
    municipality: str = "urn:oid:1.2.246.517.2002.2.18"
    non_disclosure: str = "urn:oid:1.2.246.517.2002.2.27"
    foreign_last_name: str = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"
    birth_date: str = "http://eidas.europa.eu/attributes/naturalperson/DateOfBirth"
    foreign_id: str = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier"


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """A contact person of ours, for the provider."""

    kind: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Description:
    """The descriptive part of our metadata; texts by language."""

    name: Mapping[str, str]
    description: Mapping[str, str]
    privacy: Mapping[str, str]
    organisation: Mapping[str, str]
    website: Mapping[str, str]
    contacts: tuple[ContactPerson, ...]
    logo: str = ""
    takes_foreign_identities: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """One identity provider and our registration with it.

    `decryption` holds our keys for encrypted assertions, newest first: the first is published, all of
    them decrypt. `ciphers` are accepted for assertions; AES-CBC, which authenticates nothing, only if
    the settings name it. `language_extension` adds Suomi.fi's element for the language of its pages.
    """

    key: str
    labels: Mapping[str, str]
    entity_id: str
    provider: Provider
    signing: KeyPair
    decryption: tuple[KeyPair, ...]
    assurances: Mapping[str, Assurance]
    attributes: AttributeNames = AttributeNames()
    description: Description | None = None
    ciphers: tuple[Cipher, ...] = ("aes128-gcm", "aes256-gcm")
    needs: Needs = "any"
    request_binding: Binding = "redirect"
    language_extension: bool = False
    allow_test_codes: bool = False
    allow_http: bool = False
    clock_skew: int = 30
