"""A stolen copy of the database, without any key, and all that can be computed from it."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import rfc8785
from django.db import connection

from kanssa.applications.content.digests import material_of_person
from kanssa.values.hetu import Hetu

_LONGEST_SALT = 64
_DIGEST_LENGTHS = {16, 20, 32, 64}  # MD5, SHA-1, SHA-256, SHA-512
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,64}", re.IGNORECASE)
_CHECK_LETTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


class StolenDatabase:
    """Every value of every column of every table."""

    def __init__(self) -> None:
        self.values = {value for value in _all_values() if value not in (None, "", b"")}

    @cached_property
    def byte_strings(self) -> set[bytes]:
        """Each value as bytes, and the bytes that its hex or base64 encodes."""
        return {each for value in self.values for each in _readings(value)}

    @cached_property
    def digests(self) -> set[bytes]:
        return {each for each in self.byte_strings if len(each) in _DIGEST_LENGTHS}

    @cached_property
    def salts(self) -> set[bytes]:
        """Every value short enough to be a salt; also the empty one."""
        return {b"", *(each for each in self.byte_strings if len(each) <= _LONGEST_SALT)}

    def holds(self, text: str) -> list[str]:
        """The values that contain a text in the clear."""
        wanted = text.casefold().encode()
        return [repr(each) for each in self.byte_strings if wanted in each.lower() or text.encode() in each]

    def computes(self, *guesses: bytes) -> bool:
        """Whether a digest of one of the guesses, under any possible salt, is stored."""
        return any(digest in self.digests for digest in _computed(guesses, self.salts))


def possible_codes(born: date, *, near: str) -> Iterator[str]:
    """Return identity codes of a birth date near the right one, which is included; a thief tries all 900."""
    middle = int(near[7:10])
    for number in range(middle - 4, middle + 5):
        nine = f"{born:%d%m%y}{number:03d}"
        yield f"{nine[:6]}{near[6]}{nine[6:]}{_CHECK_LETTERS[int(nine) % 31]}"


def betrayed_code(stolen: StolenDatabase, known: Mapping[str, Any], *, near: str) -> str | None:
    """Try each code of the birth date with all known details of a person; return the revealed one."""
    for code in possible_codes(Hetu(near).born, near=near):
        if stolen.computes(*_payloads(dict(known) | {"hetu": code}), code.encode(), code.lower().encode()):
            return code
    return None


def _payloads(facts: dict[str, Any]) -> list[bytes]:
    """Return what may have been digested: a part, its material facts, a list of identifying ones."""
    names = [facts.get("last_name"), facts.get("first_names")]
    born = Hetu(facts["hetu"]).born.isoformat()
    said = [facts, material_of_person(facts), [*names, born, facts["hetu"]], [*names, facts["hetu"]]]
    return [each for one in said for each in (rfc8785.dumps(one), json.dumps(one).encode())]


def _computed(guesses: Iterable[bytes], salts: Iterable[bytes]) -> Iterator[bytes]:
    for guess in guesses:
        yield from (hashlib.new(name, guess).digest() for name in ("md5", "sha1", "sha256", "sha512"))
        for salt in salts:
            yield hashlib.sha256(salt + guess).digest()
            yield hashlib.sha256(guess + salt).digest()
            yield hmac.digest(salt, guess, "sha256")


def _all_values() -> Iterator[Any]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (bytes(each) if isinstance(each, memoryview) else _hashable(each) for each in row)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | bytes | None) else json.dumps(value, default=str)


def _readings(value: str | bytes) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
        return
    yield value.encode()
    yield from (bytes.fromhex(found) for found in _HEX.findall(value.replace("-", "")))
    for word in re.split(r"[^A-Za-z0-9+/_=-]+", value):
        try:
            yield base64.urlsafe_b64decode(word.replace("+", "-").replace("/", "_").rstrip("=") + "==")
        except (binascii.Error, ValueError):
            continue
