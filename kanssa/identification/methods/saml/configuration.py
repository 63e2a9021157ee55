"""Read a provider, and our registration with it, from the identification file."""

from typing import get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.saml.parties import (
    FEWEST_RSA_BITS,
    Assurance,
    AttributeNames,
    Binding,
    Cipher,
    ContactPerson,
    Description,
    KeyPair,
    Party,
    Provider,
    SignatureAlgorithm,
)
from kanssa.identification.protocol import Needs

_LANGUAGES = frozenset({"fi", "sv", "en"})
_ADDRESS_CURE = "Copy it from the provider's metadata; it starts with https://."
_CONTACTS = ("technical", "support", "administrative")
_KEY_CURE = "Name a PEM file, or an environment variable that holds one, with an RSA key."
_CERTIFICATE_CURE = "Name a PEM file, or an environment variable that holds one, with a certificate."
_PAIR_CURE = "Give it a `key` and a `certificate`, each with `file` or `environment`."


def read_party(key: str, section: Section) -> Party:
    """Read one provider and import its certificates and our keys. Raises Misconfigured."""
    allow_http = section.flag("allow_http", default=False)
    party = Party(
        key=key,
        labels=_in_languages(section, "label"),
        entity_id=section.text("entity_id", cure="Give the identifier that is in our metadata."),
        provider=_provider(section, allow_http=allow_http),
        signing=_pair(section.section("signing", cure=_PAIR_CURE)),
        decryption=_decryption(section),
        assurances=_assurances(section),
        attributes=_attributes(section),
        description=_description(section),
        ciphers=_ciphers(section),
        needs=_needs(section),
        request_binding=_binding(section),
        language_extension=section.flag("language_extension", default=False),
        allow_test_codes=section.flag("allow_test_codes", default=False),
        allow_http=allow_http,
        clock_skew=section.number("clock_skew", default=30, most=120),
    )
    # A misspelt setting could silently weaken the checks.
    section.reject_unknown_settings()
    return party


def _in_languages(section: Section, setting: str) -> dict[str, str]:
    cure = "Give it in fi, sv and en."
    texts = section.texts_by_name(setting, cure=cure)
    if texts.keys() != _LANGUAGES:
        raise section.wrong(setting, "must have the members fi, sv and en.", cure)
    return texts


def _provider(section: Section, *, allow_http: bool) -> Provider:
    cure = "Copy it from the provider's metadata."
    table = section.section("provider", cure=cure)
    logout = answers = ""
    if table.has("logout_address"):
        logout = table.address("logout_address", cure=_ADDRESS_CURE, allow_http=allow_http)
    if table.has("logout_answer_address"):
        answers = table.address("logout_answer_address", cure=_ADDRESS_CURE, allow_http=allow_http)
    provider = Provider(
        entity_id=table.text("entity_id", cure=cure),
        login=table.address("login_address", cure=_ADDRESS_CURE, allow_http=allow_http),
        certificates=_certificates(table),
        algorithms=_algorithms(table),
        logout=logout,
        logout_answers=answers,
    )
    table.reject_unknown_settings()
    return provider


def _certificates(table: Section) -> tuple[Certificate, ...]:
    found = tuple(_certificate(each) for each in table.sections("certificates", cure=_CERTIFICATE_CURE))
    if not found:
        cure = "Pin the signing certificate, or both while the provider changes it."
        raise table.wrong("certificates", "is empty.", cure)
    return found


def _algorithms(table: Section) -> tuple[SignatureAlgorithm, ...]:
    if not table.has("signature_algorithms"):
        return ("rsa-sha256",)
    cure = "List those that the provider signs with."
    names = table.texts("signature_algorithms", cure=cure)
    known = {name: name for name in get_args(SignatureAlgorithm)}
    if odd := [name for name in names if name not in known]:
        raise table.wrong("signature_algorithms", f"{odd[0]} is not among {', '.join(known)}.", cure)
    return tuple(known[name] for name in names)


def _certificate(table: Section) -> Certificate:
    raw = table.secret(cure=_CERTIFICATE_CURE)
    table.reject_unknown_settings()
    try:
        certificate = load_pem_x509_certificate(raw)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise table.wrong("file", "holds no certificate.", _CERTIFICATE_CURE) from None
    # All accepted signature algorithms are RSA.
    if not isinstance(key, RSAPublicKey) or key.key_size < FEWEST_RSA_BITS:
        raise table.wrong("file", "is for no RSA key of 2048 bits.", _CERTIFICATE_CURE)
    return certificate


def _private_key(table: Section) -> RSAPrivateKey:
    raw = table.secret(cure=_KEY_CURE)
    table.reject_unknown_settings()
    try:
        key = load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise table.wrong("file", "holds no private key.", _KEY_CURE) from None
    # Shorter keys can be broken.
    if not isinstance(key, RSAPrivateKey) or key.key_size < FEWEST_RSA_BITS:
        raise table.wrong("file", "is no RSA key of 2048 bits.", _KEY_CURE)
    return key


def _pair(table: Section) -> KeyPair:
    pair = KeyPair(
        key=_private_key(table.section("key", cure=_PAIR_CURE)),
        certificate=_certificate(table.section("certificate", cure=_PAIR_CURE)),
    )
    table.reject_unknown_settings()
    # With the wrong certificate in our metadata, the provider would reject our signatures.
    if pair.certificate.public_key() != pair.key.public_key():
        raise table.wrong("certificate", "is for another key.", "Give the one of this key.")
    return pair


def _decryption(section: Section) -> tuple[KeyPair, ...]:
    pairs = tuple(_pair(table) for table in section.sections("decryption", cure=_PAIR_CURE))
    if not pairs:
        raise section.wrong("decryption", "is empty.", _PAIR_CURE)
    return pairs


def _assurances(section: Section) -> dict[str, Assurance]:
    cure = 'Give each accepted level its own, such as "http://ftn.ficora.fi/2017/loa2" = "substantial".'
    levels = section.section("accepted_assurance", cure=cure)
    accepted = section.texts_by_name("accepted_assurance", cure=cure)
    return {level: levels.choice(level, get_args(Assurance), cure=cure) for level in accepted}


def _attributes(section: Section) -> AttributeNames:
    if not section.has("attributes"):
        return AttributeNames()
    cure = "Give the attribute's name, or leave the setting out for Suomi.fi's."
    names = section.section("attributes", cure=cure)
    known = AttributeNames.__dataclass_fields__
    attributes = AttributeNames(**{part: names.text(part, cure=cure) for part in known if names.has(part)})
    names.reject_unknown_settings()
    return attributes


def _binding(section: Section) -> Binding:
    if not section.has("request_binding"):
        return "redirect"
    binding: Binding = section.choice(
        "request_binding", get_args(Binding), cure="Leave it out for a redirect."
    )
    return binding


def _ciphers(section: Section) -> tuple[Cipher, ...]:
    if not section.has("ciphers"):
        # Only GCM detects tampering by itself.
        return ("aes128-gcm", "aes256-gcm")
    cure = "Leave it out for AES-GCM; name an AES-CBC only for a provider that can do no better."
    names = section.texts("ciphers", cure=cure)
    known = {name: name for name in get_args(Cipher)}
    if odd := [name for name in names if name not in known]:
        raise section.wrong("ciphers", f"{odd[0]} is not among {', '.join(known)}.", cure)
    return tuple(known[name] for name in names)


def _needs(section: Section) -> Needs:
    if not section.has("needs"):
        return "any"
    needs: Needs = section.choice("needs", get_args(Needs), cure="Tell what people need for it.")
    return needs


def _description(section: Section) -> Description | None:
    if not section.has("description"):
        return None
    cure = "Tell what the provider's pages and its administration show of us."
    table = section.section("description", cure=cure)
    description = Description(
        name=_in_languages(table, "name"),
        description=_in_languages(table, "description"),
        privacy=_in_languages(table, "privacy"),
        organisation=_in_languages(table, "organisation"),
        website=_in_languages(table, "website"),
        contacts=tuple(_contact(each) for each in table.sections("contacts", cure=cure)),
        logo=table.text("logo", cure=cure) if table.has("logo") else "",
        takes_foreign_identities=table.flag("takes_foreign_identities", default=False),
    )
    table.reject_unknown_settings()
    return description


def _contact(table: Section) -> ContactPerson:
    cure = "Name somebody whom the provider can reach."
    contact = ContactPerson(
        kind=table.choice("kind", _CONTACTS, cure=f"It is one of {', '.join(_CONTACTS)}."),
        first_name=table.text("first_name", cure=cure),
        last_name=table.text("last_name", cure=cure),
        email=table.text("email", cure=cure),
    )
    table.reject_unknown_settings()
    return contact
