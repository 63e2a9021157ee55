"""Find settings of a rehearsal or sandbox that production must not have."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.configuration.key_folder import KeyFolder
from kanssa.identification.configuration.section import Misconfigured, Section
from kanssa.identification.registry import read_staff_tables, read_tables

_NEVER = {
    "rehearsal": "is the rehearsal broker, where anybody can be anybody. Remove the method.",
    "sandbox": "is a broker's sandbox. Remove the method or connect it to production.",
    "allow_test_codes": "lets test identity codes in. Remove the setting.",
    "allow_http": "allows connections that anybody can read. Remove the setting.",
}
_NOT_FOR_PEOPLE = frozenset(
    {
        *("sandbox", "test", "tests", "testi", "demo", "dev", "qa", "pp", "preprod", "preproduction"),
        *("customertest", "staging", "localhost", "local", "example", "invalid"),
    }
)
# Values here may look like addresses, but are names.
_NAMES = frozenset({"claims", "attributes", "accepted_assurance", "roles", "name_claim"})
# The numbers are Suomi.fi's test method and Finnish Authenticator, which is not strong.
_NOT_LEVELS = re.compile(r"loatest|rehearsal|urn:kanssa:|246\.517\.3002\.110\.(999|7)$", re.IGNORECASE)
_PUBLIC_EXAMPLE_CLIENTS = frozenset({"saippuakauppias"})  # OP's public sandbox
PUBLIC_EXAMPLE_KEYS = frozenset(
    {
        # Keys of OP's public sandbox, by RFC 7638 thumbprint: sign, decrypt, the broker's entity.
        "dl-lgRcT7LhEkqbnod6QGBHl8veqgZenwdB3RV2OJkY",
        "MfYGuONWQZabwwph02zJEqOQIPOV1PhEscgHch0QqD0",
        "hk2l1ZRe47kVX5mkI_yBh6Tuel-5yIbN4d1UOgzU6mE",
    }
)
_EXAMPLES = re.compile(r"\bYOUR[ -]")
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0")


def production_faults(file: Path, *, everybodys_keys: frozenset[str] = PUBLIC_EXAMPLE_KEYS) -> list[str]:
    """List why production must not start with this file, each a sentence with its cure.

    `everybodys_keys` are thumbprints of keys whose private halves are public, or of sandbox keys.
    """
    try:
        parts = {"methods": read_tables(file), "staff": read_staff_tables(file)}
    except Misconfigured as fault:
        return [str(fault)]
    return [
        *_faults_between(parts["methods"]),
        *(
            f"{part}.{key}{fault}"
            for part, tables in parts.items()
            for key, table in tables.items()
            for fault in (*_faults_of(table), *_faults_of_keys(table, file.parent, everybodys_keys))
        ),
    ]


def _faults_between(tables: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    # Our published documents are at an address that belongs to one method only.
    first: dict[str, str] = {}
    for key, table in tables.items():
        entity = table.get("entity")
        identifier = str(entity.get("identifier", "")).rstrip("/") if isinstance(entity, dict) else ""
        if identifier and first.setdefault(identifier, key) != key:
            cure = f"Let it be KANSSA_BASE_URL with /entity/{key} at its end."
            yield f"methods.{key}.entity.identifier: is that of {first[identifier]} too. {cure}"


def _faults_of(table: Mapping[str, object]) -> Iterator[str]:
    for setting, sentence in _NEVER.items():
        if table.get(setting):
            yield f".{setting}: {sentence}"
    for place, address in _addresses(table):
        yield from (f"{place}: {sentence}" for sentence in _faults_of_address(address))
    for place, level in _assurances(table):
        if _NOT_LEVELS.search(level):
            yield f"{place}: {level} is a test level. Remove it."
    if str(table.get("client_id")) in _PUBLIC_EXAMPLE_CLIENTS:
        yield ".client_id: is a sandbox's, which everybody has. Use the one from your contract."
    for place in _left_as_in_the_example(table):
        yield f"{place}: is still the example's. Put what is yours in its place."


def _left_as_in_the_example(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, str) and _EXAMPLES.search(value):
        yield place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _left_as_in_the_example(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _left_as_in_the_example(inner, place)


def _faults_of_keys(table: Mapping[str, object], folder: Path, everybodys: frozenset[str]) -> Iterator[str]:
    # Find publicly known keys. Unreadable ones are reported when the methods are loaded.
    for place, pem in _pems(table, folder):
        with suppress(JoseError, ValueError, TypeError):  # TypeError: it is encrypted with a password
            if thumbprint(pem) in everybodys:
                yield f"{place}: is a sandbox's key, which everybody has. Make one of your own."


def _pems(table: Mapping[str, object], folder: Path, place: str = "") -> Iterator[tuple[str, bytes]]:
    for name, value in table.items():
        here = f"{place}.{name}"
        if name == "key_folder" and isinstance(value, str):
            with suppress(Misconfigured):
                keys = KeyFolder(folder / value)
                yield from ((f"{here}/{key.file}", keys.pem(key)) for key in keys.all())
        inner = value if isinstance(value, list) else [value]
        for held in inner:
            if isinstance(held, dict):
                yield from _pems(held, folder, here)
    if "file" in table or "environment" in table:
        with suppress(Misconfigured):
            yield place, Section(place, table, folder).secret(cure="")


def thumbprint(pem: bytes) -> str:
    """Return a key's RFC 7638 thumbprint, or empty. Raises ValueError, TypeError (password needed)."""
    if b"PRIVATE KEY" in pem:
        public = serialization.load_pem_private_key(pem, password=None).public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for kind in (RSAKey, ECKey):
        with suppress(JoseError, ValueError, TypeError, AttributeError):
            return kind.import_key(pem).thumbprint()
    return ""


def _addresses(table: Mapping[str, object], place: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if name in _NAMES:
            continue
        if isinstance(value, str) and re.match("https?:", value, re.IGNORECASE):
            yield f"{place}.{name}", value
        elif isinstance(value, dict):
            yield from _addresses(value, f"{place}.{name}")


def _faults_of_address(address: str) -> Iterator[str]:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        yield "is no address. Use the broker's own."
        return
    if not address.lower().startswith("https:"):
        yield "is no https address. Use the broker's own."
    # `test2.broker.fi` is as much a test host as `test`.
    words = {word.rstrip("0123456789") for word in re.split("[.-]", host)}
    if _LOOPBACK.fullmatch(host) or _NOT_FOR_PEOPLE & words:
        yield f"{host} is no production host. Use the broker's production address."


def _assurances(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    accepted = table.get("accepted_assurance")
    for level in accepted if isinstance(accepted, dict) else ():
        yield ".accepted_assurance", level
