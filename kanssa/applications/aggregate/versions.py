"""Make versions: every change of a sent application is a new one."""

from datetime import datetime
from uuid import UUID, uuid4

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.loading import LatestVersion
from kanssa.applications.aggregate.salts import salt_of
from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.digests import (
    PartDigests,
    digests_of_household,
    digests_of_person,
    version_hash,
)
from kanssa.applications.models import Application, Part, Version
from kanssa.values.actor import Actor
from kanssa.vault import seal_json


def make_version(
    loaded: LoadedApplication, content: Content, *, actor: Actor, valid_until: datetime
) -> VersionView:
    """Make the next version, in the caller's transaction and under its lock.

    A part with unchanged content is taken over, not written again.
    """
    application = loaded.application
    previous = loaded.latest
    parts = _parts(loaded, content)
    number = previous.number + 1 if previous else 1
    version = Version(
        application=application,
        number=number,
        made_at=loaded.now,
        made_by_kind=actor.kind,
        made_by_id=actor.id,
        valid_until=valid_until,
        hash=version_hash(
            application_id=str(application.pk),
            number=number,
            previous=previous.hash if previous else None,
            parts={_key(part): _digests(part) for part in parts},
        ),
    )
    version.save(force_insert=True)
    loaded.latest = LatestVersion(number, bytes(version.hash))
    # Parts that are not new belong to earlier versions too.
    Part.objects.bulk_create(part for part in parts if part._state.adding)  # noqa: SLF001 Django's own mark
    version.parts.through.objects.bulk_create(
        version.parts.through(version=version, part=part) for part in parts
    )
    return VersionView(version, parts)


def _parts(loaded: LoadedApplication, content: Content) -> list[Part]:
    application = loaded.application
    facts, salt = content.household(), salt_of(application.pk, application.salt_sealed)
    wanted: list[tuple[UUID | None, Facts, PartDigests]] = [
        (None, facts, digests_of_household(facts, salt=salt))
    ]
    wanted += [
        (
            adult,
            facts,
            digests_of_person(facts, salt=salt_of(adult, loaded.all_applicants[adult].salt_sealed)),
        )
        for adult, facts in content.adults.items()
    ]
    is_first = application.current_version_id is None
    former = {} if is_first else loaded.current.parts
    return [_part(application, former.get(key), key, facts, digests) for key, facts, digests in wanted]


def _part(
    application: Application,
    former: Part | None,
    applicant_id: UUID | None,
    facts: Facts,
    digests: PartDigests,
) -> Part:
    # The same part keeps its digest, so that confirmations of it go on.
    if former is not None and bytes(former.digest) == digests.whole:
        return former
    part_id = uuid4()
    return Part(
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
