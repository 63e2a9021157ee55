"""Read and write untrusted XML, limited to the features that SAML needs."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from kanssa.identification.refusals import IdentificationFailed

Element = etree._Element  # noqa: SLF001 lxml has no public name for it

LARGEST = 65_536  # bytes; an encrypted assertion of Suomi.fi has some 10 000
_MOST_ELEMENTS = 1_000
_DECLARATION = b"<?xml"
_IDS = frozenset({"id"})
_EARLIEST, _LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


def safe_parser() -> etree.XMLParser[Element]:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parse(raw: bytes, *, what: str) -> Element:
    """Parse a document. Raises IdentificationFailed, `why` beginning with `what`.

    Comments (which split texts), CDATA, DTDs and processing instructions are refused before parsing: no
    honest message has them. Every id must be unique.
    """
    _check_before_parsing(raw, what)
    try:
        root = etree.fromstring(raw, safe_parser())
    except etree.XMLSyntaxError:
        raise IdentificationFailed(why=f"{what}-xml") from None
    _check_ids(root, what)
    return root


def _check_before_parsing(raw: bytes, what: str) -> None:
    if len(raw) > LARGEST:
        raise IdentificationFailed(why=f"{what}-too-large")
    head, rest = (raw[:5], raw[5:]) if raw.startswith(_DECLARATION) else (b"", raw)
    if b"<!" in rest or b"<?" in rest:
        raise IdentificationFailed(why=f"{what}-markup")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise IdentificationFailed(why=f"{what}-encoding") from None
    declared = raw.partition(b"?>")[0] if head else b""
    # In another encoding, the refused markup could be written in other bytes.
    if b"encoding" in declared and not any(name in declared.lower() for name in (b'"utf-8"', b"'utf-8'")):
        raise IdentificationFailed(why=f"{what}-encoding")


def _check_ids(root: Element, what: str) -> None:
    seen: set[str] = set()
    for count, element in enumerate(root.iter()):
        # A small document can hold very many elements.
        if count >= _MOST_ELEMENTS or not isinstance(element.tag, str):
            raise IdentificationFailed(why=f"{what}-too-large")
        for name, value in element.attrib.items():
            if etree.QName(name).localname.lower() not in _IDS:
                continue
            if value in seen:
                raise IdentificationFailed(why=f"{what}-duplicate-id")
            seen.add(value)


def from_base64(text: str | None, *, what: str, most: int = LARGEST) -> bytes:
    """Decode base64 with or without line breaks. Raises IdentificationFailed."""
    # Some providers break the lines.
    packed = "".join((text or "").split())
    if not 0 < len(packed) <= most * 4 // 3 + 4:
        raise IdentificationFailed(why=f"{what}-size")
    try:
        return b64decode(packed.encode("ascii"), validate=True)
    except (NotBase64, UnicodeEncodeError):
        raise IdentificationFailed(why=f"{what}-base64") from None


def children(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if child.tag == name)


def only(parent: Element, name: str, *, why: str) -> Element:
    """Return the only child of this name. Raises IdentificationFailed for none or several."""
    found = list(children(parent, name))
    if len(found) != 1:
        raise IdentificationFailed(why=why)
    return found[0]


def text_of(element: Element) -> str:
    return "" if len(element) else (element.text or "").strip()


def moment(value: str | None, *, why: str) -> datetime:
    """Parse a SAML time: UTC, ending in Z; clamp extreme times to computable ones.

    Raises IdentificationFailed.
    """
    if value is None or not value.isascii() or not value.endswith("Z") or not value[:4].isdigit():
        raise IdentificationFailed(why=why)
    try:
        at = datetime.fromisoformat(value[:-1])
    except ValueError:
        raise IdentificationFailed(why=why) from None
    if at.tzinfo is not None:
        raise IdentificationFailed(why=why)
    # Adding the skew to an extreme time would overflow.
    return min(max(at.replace(tzinfo=UTC), _EARLIEST), _LATEST)


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def serialised(root: Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=False)
