"""Signature wrapping: eight ways to keep a true signature and have another element read.

Each takes an element that was signed and one that a thief wrote, and returns a document in which a
careless reader verifies the one and believes the other.
"""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from tests.identification.saml.scripted_provider import DS, SAMLP, Element

Wrapping = Callable[[Element, Element], Element]


def _apart(signed: Element) -> tuple[Element, Element]:
    """Return a copy of the element without its signature, and the signature."""
    bare = deepcopy(signed)
    signature = bare.find(f"{DS}Signature")
    assert signature is not None
    bare.remove(signature)
    return bare, signature


def signed_one_inside_its_signature(signed: Element, evil: Element) -> Element:
    bare, signature = _apart(signed)
    signature.append(bare)
    evil.insert(1, signature)
    return evil


def signed_one_beside_its_signature(signed: Element, evil: Element) -> Element:
    bare, signature = _apart(signed)
    evil.insert(1, signature)
    evil.append(bare)
    return evil


def signed_one_whole_inside(signed: Element, evil: Element) -> Element:
    evil.insert(1, deepcopy(signed))
    return evil


def signed_one_in_an_extension(signed: Element, evil: Element) -> Element:
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(deepcopy(signed))
    evil.insert(1, extensions)
    return evil


def same_id_beside(signed: Element, evil: Element) -> Element:
    evil.set("ID", str(signed.get("ID")))
    return signed_one_beside_its_signature(signed, evil)


def same_id_inside_the_signature(signed: Element, evil: Element) -> Element:
    evil.set("ID", str(signed.get("ID")))
    return signed_one_inside_its_signature(signed, evil)


def signature_twice(signed: Element, evil: Element) -> Element:
    _bare, signature = _apart(signed)
    evil.insert(1, signature)
    evil.append(deepcopy(signed))
    return evil


def signed_one_in_an_object(signed: Element, evil: Element) -> Element:
    bare, signature = _apart(signed)
    etree.SubElement(signature, f"{DS}Object").append(bare)
    evil.insert(1, signature)
    return evil


WRAPPING_ATTACKS: list[tuple[Wrapping, str]] = [
    (signed_one_inside_its_signature, "signature-reference"),
    (signed_one_beside_its_signature, "signature-reference"),
    (signed_one_whole_inside, "signature-place"),
    (signed_one_in_an_extension, "signature-place"),
    (same_id_beside, "duplicate-id"),
    (same_id_inside_the_signature, "duplicate-id"),
    (signature_twice, "signature-count"),
    (signed_one_in_an_object, "signature-object"),
]
