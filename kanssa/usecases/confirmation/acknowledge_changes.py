from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.refusals import SomethingChanged
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.ACKNOWLEDGE_CHANGES)
def acknowledge_changes(
    *,
    application_id: UUID,
    applicant_id: UUID,
    version_id: UUID,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that an adult has read the light changes up to a version (DOMAIN, rule 2).

    Their confirmation stays as it is, and the others see nothing. A later change is shown again.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ReauthenticationRequired,
    SomethingChanged (the version is none of this application).
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.ACKNOWLEDGE_CHANGES)
    require_reauthentication(identified)
    applicant = loaded.require_own_applicant(identified.person_id, applicant_id)
    read = loaded.version(version_id)
    if read is None or applicant_id not in read.digests:
        raise SomethingChanged
    former = loaded.version(applicant.seen_version_id) if applicant.seen_version_id else None
    if former is not None and former.version.number >= read.version.number:
        return
    applicant.seen_version, applicant.seen_at = read.version, now
    applicant.save(update_fields=["seen_version", "seen_at"])
    record(
        EventKind.CHANGES_READ,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        version=str(version_id),
    )
