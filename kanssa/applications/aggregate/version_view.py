from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Self
from uuid import UUID

from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.digests import digest_that_concerns
from kanssa.applications.models import Applicant, Part, Version
from kanssa.vault import open_json


class VersionView:
    """A version with its opened content, and the digest that concerns each adult."""

    def __init__(self, version: Version, parts: Iterable[Part]) -> None:
        self.version = version
        self._parts = parts

    @classmethod
    def read(cls, version: Version) -> Self:
        return cls(version, version.parts.all())

    @cached_property
    def parts(self) -> Mapping[UUID | None, Part]:
        """The household's part under None, each adult's under their applicant id."""
        # The order of the table would reveal whose part was corrected last.
        parts = sorted(self._parts, key=lambda part: str(part.applicant_id or ""))
        return {part.applicant_id: part for part in parts}

    @cached_property
    def digests(self) -> Mapping[UUID, bytes]:
        household = bytes(self.parts[None].material_digest)
        return {
            adult: digest_that_concerns(household=household, own=bytes(part.material_digest))
            for adult, part in self.parts.items()
            if adult is not None
        }

    @cached_property
    def content(self) -> Content:
        people = {str(adult): open_part(part) for adult, part in self.parts.items() if adult is not None}
        return Content.from_parts(open_part(self.parts[None]), people)


def open_part(part: Part) -> Facts:
    facts: Facts = open_json(part.sealed, bound_to=f"part:{part.pk}")
    return facts


def latest_version_of(applicant: Applicant) -> VersionView | None:
    """Read the latest version that holds an adult."""
    version = Version.objects.filter(parts__applicant=applicant).order_by("-number").first()
    return VersionView.read(version) if version else None


def latest_facts_of(applicant: Applicant) -> Facts:
    return latest_facts_of_all([applicant.pk]).get(applicant.pk, {})


def latest_facts_of_all(applicant_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """Open the latest part of each adult; those on no version are left out."""
    if not applicant_ids:
        return {}
    parts = Part.objects.filter(applicant_id__in=applicant_ids).order_by("applicant", "-versions__number")
    latest = parts.distinct("applicant")
    return {part.applicant_id: open_part(part) for part in latest if part.applicant_id is not None}


def are_answers_due(main: Applicant, current: VersionView) -> bool:
    """Whether the current version lacks the household's answers of a main applicant who took over.

    They answer by an edit; discarding it, or letting it lapse, makes the answers due again.
    """
    answered_at = main.main_answered_at
    return main.main_accepted_at is not None and (
        answered_at is None or current.version.made_at < answered_at
    )
