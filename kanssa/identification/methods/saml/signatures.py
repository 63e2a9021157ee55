"""Sign messages, and accept only content signed with a pinned certificate."""

from datetime import datetime

from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.x509 import Certificate
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import InvalidSignature, SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from kanssa.identification.methods.saml.parties import KeyPair, Provider
from kanssa.identification.methods.saml.xml_documents import Element, children, only, safe_parser
from kanssa.identification.methods.saml.xml_names import DS, ENVELOPED, EXC_C14N, ds, saml
from kanssa.identification.refusals import IdentificationFailed

_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_METHODS = {
    "rsa-sha256": SignatureMethod.RSA_SHA256,
    "rsa-sha384": SignatureMethod.RSA_SHA384,
    "rsa-sha512": SignatureMethod.RSA_SHA512,
}
_SIGNATURE = f"{{{DS}}}Signature"


def current_certificates(provider: Provider, now: datetime) -> list[Certificate]:
    return [
        certificate
        for certificate in provider.certificates
        if certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    ]


def signed_part(root: Element, *, provider: Provider, now: datetime, what: str) -> Element:
    """Return the root as it was signed, in a new tree. Raises IdentificationFailed.

    The caller must use only the returned tree and forget the received one: it is parsed from the exact
    bytes that were digested, so it contains nothing that was moved or added.
    """
    _check_shape(root, what)
    certificates = current_certificates(provider, now)
    if not certificates:
        raise IdentificationFailed(why=f"{what}-certificates-out-of-date")
    for certificate in certificates:
        signed = _verified(root, certificate, provider, now, what)
        if signed is not None:
            return _same_root(signed, root, what)
    raise IdentificationFailed(why=f"{what}-signature")


def _check_shape(root: Element, what: str) -> None:
    # Require one signature, a child of the root, that covers the root by its id and nothing else.
    # Signature wrapping needs a second signature or another place for it.
    if len(list(root.iter(ds("Signature")))) != 1:
        raise IdentificationFailed(why=f"{what}-signature-count")
    signature = only(root, ds("Signature"), why=f"{what}-signature-place")
    if any(True for _ in signature.iter(ds("Object"), ds("Manifest"))):
        raise IdentificationFailed(why=f"{what}-signature-object")
    signed_info = only(signature, ds("SignedInfo"), why=f"{what}-signature-shape")
    method = only(signed_info, ds("CanonicalizationMethod"), why=f"{what}-signature-shape")
    if method.get("Algorithm") != EXC_C14N:
        raise IdentificationFailed(why=f"{what}-canonicalisation")
    _check_reference(only(signed_info, ds("Reference"), why=f"{what}-signature-references"), root, what)


def _check_reference(reference: Element, root: Element, what: str) -> None:
    if not root.get("ID") or reference.get("URI") != f"#{root.get('ID')}":
        raise IdentificationFailed(why=f"{what}-signature-reference")
    transforms = only(reference, ds("Transforms"), why=f"{what}-signature-transforms")
    # Other transforms could drop content before the digest.
    if [transform.get("Algorithm") for transform in transforms] != [ENVELOPED, EXC_C14N]:
        raise IdentificationFailed(why=f"{what}-signature-transforms")


def _verified(
    root: Element, certificate: Certificate, provider: Provider, now: datetime, what: str
) -> Element | None:
    configuration = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(_METHODS[name] for name in provider.algorithms),
        digest_algorithms=_DIGESTS,
        ignore_ambiguous_key_info=True,  # key information in the message is never used
        verification_time=now,
    )
    try:
        result = XMLVerifier().verify(
            root, x509_cert=certificate, parser=safe_parser(), id_attribute="ID", expect_config=configuration
        )
    # Perhaps signed with another of the pinned certificates.
    except (InvalidSignature, BadSignature):
        return None
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError):
        raise IdentificationFailed(why=f"{what}-signature-shape") from None
    return result.signed_xml if isinstance(result, VerifyResult) else None


def _same_root(signed: Element, root: Element, what: str) -> Element:
    if signed.tag != root.tag or signed.get("ID") != root.get("ID"):
        raise IdentificationFailed(why=f"{what}-signature-reference")
    return signed


def sign(root: Element, pair: KeyPair) -> Element:
    issuer = next(children(root, saml("Issuer")))
    # The schema puts the signature after the issuer.
    issuer.addnext(etree.Element(_SIGNATURE, {"Id": "placeholder"}, nsmap={"ds": DS}))
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(
        root, key=pair.key, cert=[pair.certificate], reference_uri=root.get("ID"), id_attribute="ID"
    )
