"""Versions of one application, with their parts sealed and digested by the service's functions."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from kanssa.applications.aggregate.salts import seal_salt
from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.digests import (
    PartDigests,
    digests_of_household,
    digests_of_person,
    version_hash,
)
from kanssa.applications.models import Part, Version
from kanssa.vault import seal_json
from rehearsal.load.people import random_id
from rehearsal.load.rows import Rows, made

_SALT_BYTES = 16


class Versions:
    """The versions of an application, the salts of its digests, and what it says now."""

    def __init__(self, rows: Rows, rng: Random, application_id: UUID, content: Content) -> None:
        self.content = content
        self.views: dict[UUID, VersionView] = {}
        self._rows = rows
        self._rng = rng
        self._application_id = application_id
        self._salts: dict[UUID, bytes] = {}
        self._facts: dict[UUID | None, Facts] = {}

    @property
    def current(self) -> VersionView:
        return next(reversed(self.views.values()))

    def new_salt(self, key: UUID) -> bytes:
        self._salts[key] = self._rng.randbytes(_SALT_BYTES)
        return seal_salt(key, self._salts[key])

    def add(self, content: Content, *, valid_until: datetime, **made_by: Any) -> None:
        """Make the next version. A part that says what it said before is taken over."""
        before = self.current if self.views else None
        number = len(self.views) + 1
        parts = self._parts(content, before.parts if before else {})
        version = made(
            Version,
            id=random_id(self._rng),
            application_id=self._application_id,
            number=number,
            valid_until=valid_until,
            hash=version_hash(
                application_id=str(self._application_id),
                number=number,
                previous=bytes(before.version.hash) if before else None,
                parts={str(part.applicant_id or "household"): _digests(part) for part in parts},
            ),
            **made_by,
        )
        self._rows.add(version)
        self._rows.version_parts += [(version.pk, part.pk) for part in parts]
        self.views[version.pk] = VersionView(version, parts)
        self.content = content

    @property
    def current_facts(self) -> dict[str, str]:
        version = self.current.version
        return {"version": str(version.pk), "hash": bytes(version.hash).hex()}

    def _parts(self, content: Content, former: Mapping[UUID | None, Part]) -> list[Part]:
        parts = []
        for key, facts in ((None, content.household()), *content.adults.items()):
            if key in former and self._facts[key] == facts:
                parts.append(former[key])
            else:
                self._facts[key] = facts
                parts.append(self._new_part(key, facts))
        return parts

    def _new_part(self, key: UUID | None, facts: Facts) -> Part:
        salt = self._salts[key or self._application_id]
        digests = digests_of_person(facts, salt=salt) if key else digests_of_household(facts, salt=salt)
        part_id = random_id(self._rng)
        part = made(
            Part,
            id=part_id,
            application_id=self._application_id,
            applicant_id=key,
            sealed=seal_json(facts, bound_to=f"part:{part_id}"),
            material_digest=digests.material,
            digest=digests.whole,
        )
        self._rows.add(part)
        return part


def _digests(part: Part) -> PartDigests:
    return PartDigests(bytes(part.material_digest), bytes(part.digest))
