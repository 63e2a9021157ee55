"""Ten thousand mutated responses: none is accepted, and each is refused in an orderly way.

An accepted response must be the very document that was signed: some changes (white space in a tag,
another quotation mark, a line break in the base64) change nothing that a signature covers.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kanssa.identification.methods.saml import SamlMethod
from kanssa.identification.single_logout import LogoutMessage
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.refusal import Refusal
from tests.identification.saml.scripted_provider import (
    ATTEMPT,
    DS,
    LOGOUT_URL,
    NOW,
    Element,
    Encryption,
    SamlScript,
    honest_party,
    pair,
    response,
    signed,
)
from tests.identification.saml.test_logout import Redirected, logout_request, receive_logout

pytestmark = pytest.mark.e2e

METHOD = SamlMethod(honest_party())
FIELDS = SamlScript().fields()
RESPONSE = b64decode(FIELDS["SAMLResponse"])
ASSERTION = etree.tostring(SamlScript().signed_assertion())
HONEST = METHOD.finish(FIELDS, attempt=ATTEMPT, now=NOW)
WORDS = [
    b"",
    b" ",
    b"<!---->",
    b"<!-- x -->",
    b"<![CDATA[x]]>",
    b"<!DOCTYPE r [<!ENTITY x 'y'>]>",
    b"&x;",
    b"&#0;",
    b"&#x41;",
    b"<?x?>",
    b"\x00",
    b"\xff",
    b"]]>",
    b'"',
    b"'/>",
    b' ID="_response"',
    b' ID="_assertion"',
    b' xml:id="_assertion"',
    b' xmlns:saml="urn:x"',
    b"#",
    b"010190-901R",
    b"Otso",
    b"Z",
    b"+02:00",
    b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    b"http://www.w3.org/2000/09/xmldsig#hmac-sha1",
]
FEW = settings(database=None, suppress_health_check=list(HealthCheck))


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, float, float, bytes]]:
    """Draw one to three steps: the mutation, where, for how long, and with which word."""
    one = st.tuples(
        st.sampled_from(["cut", "put", "swap", "double", "flip", "move", "drop", "rename", "graft"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(WORDS) | st.binary(min_size=1, max_size=4),
    )
    return draw(st.lists(one, min_size=1, max_size=3))


def mutated(raw: bytes, how: list[tuple[str, float, float, bytes]]) -> bytes:
    for mutation, offset, length, word in how:
        change = IN_BYTES.get(mutation)
        raw = change(raw, offset, length, word) if change else in_tree(raw, mutation, offset, length)
    return raw


def _cut(raw: bytes, offset: float, length: float, word: bytes) -> bytes:
    start = int(offset * len(raw))
    return raw[:start] + raw[start + 1 + int(length * 200) :]


def _put(raw: bytes, offset: float, length: float, word: bytes) -> bytes:
    start = int(offset * len(raw))
    return raw[:start] + word + raw[start:]


def _swap(raw: bytes, offset: float, length: float, word: bytes) -> bytes:
    start = int(offset * len(raw))
    return raw[:start] + word + raw[start + max(1, len(word)) :]


def _double(raw: bytes, offset: float, length: float, word: bytes) -> bytes:
    start, end = int(offset * len(raw)), int(offset * len(raw)) + 1 + int(length * 500)
    return raw[:end] + raw[start:end] + raw[end:]


def _flip(raw: bytes, offset: float, length: float, word: bytes) -> bytes:
    start = int(offset * len(raw))
    return raw[:start] + bytes([raw[start] ^ (1 << int(length * 8))]) + raw[start + 1 :] if raw else raw


IN_BYTES: dict[str, Callable[[bytes, float, float, bytes], bytes]] = {
    "cut": _cut,
    "put": _put,
    "swap": _swap,
    "double": _double,
    "flip": _flip,
}


def in_tree(raw: bytes, mutation: str, offset: float, other: float) -> bytes:
    """Move, drop, rename or graft whole elements, as wrapping attacks do."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return raw
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    one, two = elements[int(offset * len(elements))], elements[int(other * len(elements))]
    parent = one.getparent()
    with suppress(ValueError, TypeError):
        if mutation == "rename":
            one.tag = two.tag
        elif mutation == "graft":
            two.append(etree.fromstring(etree.tostring(one)))
        elif parent is not None and mutation == "drop":
            parent.remove(one)
        elif parent is not None and one not in two.iterancestors():
            two.insert(int(other * (len(two) + 1)), one)
    return etree.tostring(root)


def signed_part(raw: bytes) -> bytes:
    root: Element = etree.fromstring(raw)
    for signature in root.findall(f"{DS}Signature"):
        root.remove(signature)
    return etree.tostring(root, method="c14n", exclusive=True)


def accepted(fields: dict[str, str]) -> VerifiedIdentity | None:
    """Return the identity, or None after a refusal; any other exception fails the test."""
    try:
        return METHOD.finish(fields, attempt=ATTEMPT, now=NOW)
    except Refusal:
        return None


@given(mutations())
@settings(FEW, max_examples=6_000)
def test_a_mutated_response_is_refused(how: list[tuple[str, float, float, bytes]]) -> None:
    raw = mutated(RESPONSE, how)

    identity = accepted({**FIELDS, "SAMLResponse": b64encode(raw).decode()})

    if identity is not None:
        assert signed_part(raw) == signed_part(RESPONSE)
        assert identity == HONEST


@given(mutations())
@settings(FEW, max_examples=2_500)
def test_a_mutated_assertion_in_a_well_signed_response_is_refused(
    how: list[tuple[str, float, float, bytes]],
) -> None:
    raw = mutated(ASSERTION, how)
    root = response()
    root.append(Encryption().of(raw))
    whole = etree.tostring(signed(root, pair("idp")))

    identity = accepted({**FIELDS, "SAMLResponse": b64encode(whole).decode()})

    if identity is not None:
        assert signed_part(raw) == signed_part(ASSERTION)
        assert identity == HONEST


@given(mutations())
@settings(FEW, max_examples=500)
def test_mutated_base64_is_refused(how: list[tuple[str, float, float, bytes]]) -> None:
    packed = mutated(FIELDS["SAMLResponse"].encode(), how).decode("utf-8", "replace")

    identity = accepted({**FIELDS, "SAMLResponse": packed})

    assert identity in (None, HONEST)


@given(mutations())
@settings(FEW, max_examples=1_000)
def test_a_mutated_logout_is_refused(how: list[tuple[str, float, float, bytes]]) -> None:
    honest = Redirected(logout_request()).came()
    query = mutated(honest.query.encode(), how).decode("utf-8", "replace")

    with suppress(Refusal):
        assert receive_logout(LogoutMessage(honest.fields, query, LOGOUT_URL)) == receive_logout(honest)
