"""Our SAML metadata for the provider, with Suomi.fi's own entries."""

from base64 import b64encode
from collections.abc import Mapping

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from kanssa.identification.methods.saml.parties import AttributeNames, Description, KeyPair, Party
from kanssa.identification.methods.saml.xml_documents import Element
from kanssa.identification.methods.saml.xml_names import (
    MDATTR,
    MDUI,
    NAMES,
    POST,
    REDIRECT,
    SAMLP,
    TRANSIENT,
    URI_NAMES,
    ds,
    md,
    saml,
)

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_FRIENDLY = {
    "hetu": "nationalIdentificationNumber",
    "last_name": "sn",
    "first_names": "FirstName",
    "calling_name": "givenName",
    "municipality": "KotikuntaKuntanumero",
    "non_disclosure": "TurvakieltoTieto",
    "foreign_last_name": "FamilyName",
    "birth_date": "DateOfBirth",
    "foreign_id": "PersonIdentifier",
}


def metadata_of(party: Party, *, return_url: str, logout_url: str) -> bytes:
    root = etree.Element(md("EntityDescriptor"), nsmap=NAMES, entityID=party.entity_id)
    if party.description:
        _add_entity_attributes(root, party, party.description)
    _add_service(root, party, return_url, logout_url)
    if party.description:
        _add_organisation(root, party.description)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _add_entity_attributes(root: Element, party: Party, description: Description) -> None:
    # Suomi.fi's entries: the levels that we accept, and how it should treat us.
    extensions = etree.SubElement(root, md("Extensions"))
    held = etree.SubElement(extensions, f"{{{MDATTR}}}EntityAttributes")
    eidas = "full" if description.takes_foreign_identities else "no"
    for name, friendly, values in (
        ("FinnishAuthMethod", "", list(party.assurances)),
        ("urn:oid:1.2.246.517.3003.111.3", "VtjVerificationRequired", ["true"]),
        ("urn:oid:1.2.246.517.3003.111.4", "SkipEndpointValidationWhenSigned", ["false"]),
        ("urn:oid:1.2.246.517.3003.111.14", "EidasSupport", [eidas]),
        ("urn:oid:1.2.246.517.3003.111.26", "CipherName", [_cipher_name(party)]),
    ):
        attribute = etree.SubElement(held, saml("Attribute"), Name=name, NameFormat=URI_NAMES)
        if friendly:
            attribute.set("FriendlyName", friendly)
        for value in values:
            etree.SubElement(attribute, saml("AttributeValue")).text = value


def _cipher_name(party: Party) -> str:
    return "AES-GCM" if any(cipher.endswith("gcm") for cipher in party.ciphers) else "AES-CBC"


def _add_service(root: Element, party: Party, return_url: str, logout_url: str) -> None:
    service = etree.SubElement(
        root,
        md("SPSSODescriptor"),
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=SAMLP,
    )
    if party.description:
        _add_shown(service, party.description)
    _add_key(service, "signing", party.signing)
    # Older keys only decrypt; providers should encrypt for the newest.
    _add_key(service, "encryption", party.decryption[0])
    if party.provider.logout:
        # The provider may choose either binding.
        for binding in (REDIRECT, POST):
            etree.SubElement(service, md("SingleLogoutService"), Binding=binding, Location=logout_url)
    etree.SubElement(service, md("NameIDFormat")).text = TRANSIENT
    etree.SubElement(
        service,
        md("AssertionConsumerService"),
        Binding=POST,
        Location=return_url,
        index="0",
        isDefault="true",
    )
    _add_wanted(service, party)


def _add_shown(service: Element, description: Description) -> None:
    shown = etree.SubElement(etree.SubElement(service, md("Extensions")), f"{{{MDUI}}}UIInfo")
    _add_texts(shown, f"{{{MDUI}}}DisplayName", description.name)
    _add_texts(shown, f"{{{MDUI}}}Description", description.description)
    _add_texts(shown, f"{{{MDUI}}}PrivacyStatementURL", description.privacy)
    if description.logo:
        logo = etree.SubElement(shown, f"{{{MDUI}}}Logo", height="54", width="327")
        logo.text = description.logo


def _add_key(service: Element, use: str, pair: KeyPair) -> None:
    info = etree.SubElement(etree.SubElement(service, md("KeyDescriptor"), use=use), ds("KeyInfo"))
    certificate = etree.SubElement(etree.SubElement(info, ds("X509Data")), ds("X509Certificate"))
    certificate.text = b64encode(pair.certificate.public_bytes(Encoding.DER)).decode("ascii")


def _add_wanted(service: Element, party: Party) -> None:
    # Request only the attributes that are used.
    wanted = etree.SubElement(service, md("AttributeConsumingService"), index="0", isDefault="true")
    _add_texts(wanted, md("ServiceName"), party.description.name if party.description else party.labels)
    for part in AttributeNames.__dataclass_fields__:
        etree.SubElement(
            wanted,
            md("RequestedAttribute"),
            FriendlyName=_FRIENDLY[part],
            Name=getattr(party.attributes, part),
            NameFormat=URI_NAMES,
        )


def _add_organisation(root: Element, description: Description) -> None:
    organisation = etree.SubElement(root, md("Organization"))
    _add_texts(organisation, md("OrganizationName"), description.organisation)
    _add_texts(organisation, md("OrganizationDisplayName"), description.organisation)
    _add_texts(organisation, md("OrganizationURL"), description.website)
    for contact in description.contacts:
        person = etree.SubElement(root, md("ContactPerson"), contactType=contact.kind)
        etree.SubElement(person, md("GivenName")).text = contact.first_name
        etree.SubElement(person, md("SurName")).text = contact.last_name
        etree.SubElement(person, md("EmailAddress")).text = f"mailto:{contact.email}"


def _add_texts(parent: Element, name: str, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        etree.SubElement(parent, name, {_LANGUAGE: language}).text = text
