"""Making versions: every change of a sent application is a new one."""

from datetime import datetime
from uuid import UUID, uuid4

from kanssa.applications.content import Content, Facts
from kanssa.applications.digests import (
    PartDigests,
    digests_of_household,
    digests_of_person,
    version_hash,
)
from kanssa.applications.models import Applicant, Application, Part, Version
from kanssa.applications.salts import salt_of
from kanssa.values.actor import Actor
from kanssa.vault import seal_json


def make_version(
    application: Application,
    content: Content,
    *,
    actor: Actor,
    valid_until: datetime,
    now: datetime,
) -> Version:
    """Make the next version, in the caller's transaction and under its lock.

    A part that says what it said before is taken over, not written again.
    """
    previous = application.versions.order_by("-number").first()
    standing = application.standing_version
    former = {part.applicant_id: part for part in standing.parts.all()} if standing else {}
    parts = _parts(application, content, former)
    number = previous.number + 1 if previous else 1
    version = Version(
        application=application,
        number=number,
        made_at=now,
        made_by_kind=actor.kind,
        made_by_id=actor.id,
        valid_until=valid_until,
        hash=version_hash(
            application_id=str(application.pk),
            number=number,
            previous=bytes(previous.hash) if previous else None,
            parts={_key(part): _digests(part) for part in parts},
        ),
    )
    version.save(force_insert=True)
    version.parts.set(parts)
    return version


def _parts(application: Application, content: Content, former: dict[UUID | None, Part]) -> list[Part]:
    salts = dict(Applicant.objects.filter(application=application).values_list("pk", "salt_sealed"))
    household, salt = content.household(), salt_of(application.pk, application.salt_sealed)
    wanted: list[tuple[UUID | None, Facts, PartDigests]] = [
        (None, household, digests_of_household(household, salt=salt))
    ]
    wanted += [
        (adult, facts, digests_of_person(facts, salt=salt_of(adult, salts[adult])))
        for adult, facts in content.adults.items()
    ]
    return [_part(application, former.get(key), key, facts, digests) for key, facts, digests in wanted]


def _part(
    application: Application,
    former: Part | None,
    applicant_id: UUID | None,
    facts: Facts,
    digests: PartDigests,
) -> Part:
    if former is not None and bytes(former.digest) == digests.whole:
        return former
    part_id = uuid4()
    return Part.objects.create(
        id=part_id,
        application=application,
        applicant_id=applicant_id,
        sealed=seal_json(facts, bound_to=f"part:{part_id}"),
        material_digest=digests.material,
        digest=digests.whole,
    )


def _key(part: Part) -> str:
    return str(part.applicant_id) if part.applicant_id else "household"


def _digests(part: Part) -> PartDigests:
    return PartDigests(bytes(part.material_digest), bytes(part.digest))
