"""Salted digests of an application's parts, and of the facts that concern each adult.

The canonical form is RFC 8785 JSON. A part's salt is fixed, so equal content has an equal digest. The salt
is stored sealed (`salts.py`): without it a digest reveals nothing about a guessable fact.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from kanssa.applications.content.content import Facts
from kanssa.applications.content.form import EXPECTING, HOME, NEED, PERSON, RESIDENT, Field

_MATERIAL_SECTIONS = {"home": HOME, "need": NEED, "expecting": EXPECTING}


@dataclass(frozen=True, slots=True)
class PartDigests:
    """SHA-256 of a part's material facts, and of all of it (32 bytes each)."""

    material: bytes
    whole: bytes


def digests_of_household(household: Facts, *, salt: bytes) -> PartDigests:
    return PartDigests(_digest(material_of_household(household), salt), _digest(household, salt))


def digests_of_person(person: Facts, *, salt: bytes) -> PartDigests:
    return PartDigests(_digest(material_of_person(person), salt), _digest(person, salt))


def material_of_household(household: Facts) -> Facts:
    """Give who moves in, the need and the present home: what concerns every adult (DOMAIN, rule 2).

    Adults appear by their ids: a name is its owner's identity data, not the household's.
    """
    material = {name: _only_material(fields, household[name]) for name, fields in _MATERIAL_SECTIONS.items()}
    return material | {
        # Sorted, so that a change of the main applicant alone asks no adult to confirm again.
        "adults": sorted(household["adults"]),
        "residents": [_only_material(RESIDENT, resident) for resident in household["residents"]],
    }


def material_of_person(person: Facts) -> Facts:
    return _only_material(PERSON, person)


def digest_that_concerns(*, household: bytes, own: bytes) -> bytes:
    return _sha256({"household": household.hex(), "own": own.hex()})


def version_hash(
    *, application_id: str, number: int, previous: bytes | None, parts: Mapping[str, PartDigests]
) -> bytes:
    """Hash a version over its parts' digests and the version before it.

    `parts` has the household's digests under `household` and each adult's under their applicant id.
    """
    return _sha256(
        {
            "application": application_id,
            "number": number,
            # Chained, so that no version can be left out or put in unnoticed.
            "previous": previous.hex() if previous else None,
            "parts": {key: [part.material.hex(), part.whole.hex()] for key, part in parts.items()},
        }
    )


def _only_material(fields: tuple[Field, ...], given: Mapping[str, Any]) -> Facts:
    return {field.name: given[field.name] for field in fields if field.material and field.name in given}


def _digest(content: Any, salt: bytes) -> bytes:
    # The salt has a fixed length, so the concatenation is unambiguous.
    return hashlib.sha256(salt + rfc8785.dumps(content)).digest()


def _sha256(content: Any) -> bytes:
    return hashlib.sha256(rfc8785.dumps(content)).digest()
