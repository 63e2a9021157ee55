"""What may stand in the identification file of a rehearsal, and never of production."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from kanssa.identification.configuration import Misconfigured
from kanssa.identification.registry import read_tables

_NEVER = {
    "rehearsal": "is the rehearsal broker, where anybody can be anybody. Remove the method.",
    "sandbox": "is a broker's sandbox. Remove the method or connect it to production.",
    "allow_test_codes": "lets test identity codes in. Remove the setting.",
    "allow_http": "allows connections that anybody can read. Remove the setting.",
}
_NOT_FOR_PEOPLE = frozenset(
    {"sandbox", "test", "testi", "demo", "dev", "preprod", "staging", "localhost", "local"}
)
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0")


def faults_for_production(file: Path) -> list[str]:
    """Tell, a sentence each with its cure, why production must not start with this file."""
    try:
        tables = read_tables(file)
    except Misconfigured as fault:
        return [str(fault)]
    return [f"methods.{key}{fault}" for key, table in tables.items() for fault in _faults_of(table)]


def _faults_of(table: Mapping[str, object]) -> Iterator[str]:
    for setting, sentence in _NEVER.items():
        if table.get(setting):
            yield f".{setting}: {sentence}"
    for place, address in _addresses(table):
        yield from (f"{place}: {sentence}" for sentence in _faults_of_address(address))
    for place, level in _assurances(table):
        if "loatest" in level.lower():
            yield f"{place}: {level} is a test level. Remove it."


def _addresses(table: Mapping[str, object], place: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str) and re.match("https?:", value, re.IGNORECASE):
            yield f"{place}.{name}", value
        elif isinstance(value, dict) and name != "claims":  # those are names, not addresses
            yield from _addresses(value, f"{place}.{name}")


def _faults_of_address(address: str) -> Iterator[str]:
    host = urlsplit(address).hostname or ""
    if not address.lower().startswith("https:"):
        yield "is no https address. Use the broker's own."
    if _LOOPBACK.fullmatch(host) or _NOT_FOR_PEOPLE & set(re.split("[.-]", host)):
        yield f"{host} is no production host. Use the broker's production address."


def _assurances(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    accepted = table.get("accepted_assurance")
    for level in accepted if isinstance(accepted, dict) else ():
        yield ".accepted_assurance", level
