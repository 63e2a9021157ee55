from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import confirmation_ends_from
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.aggregate.version_view import are_answers_due
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import Applicant, Confirmation
from kanssa.applications.notifications.announcements import notify_assisted
from kanssa.applications.refusals import (
    AnswersDue,
    DetailsMissing,
    NotAllowedNow,
    SignedPaperNeeded,
    SomethingChanged,
    TermsNotAccepted,
)
from kanssa.applications.states import Action
from kanssa.applications.transitions.invitations import invite_all
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.validity import update_validity
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import has_representative
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.CONFIRM)
def confirm_application(
    *,
    application_id: UUID,
    applicant_id: UUID,
    version_id: UUID,
    identified: Identified,
    actor: Actor,
    now: datetime,
    archive_reference: str = "",
) -> UUID:
    """Confirm the version that the person saw, for themselves. Gives the confirmation's id.

    Confirming the same facts again gives the same confirmation. The last one makes the application valid.
    At the desk it is an assisted confirmation, with the archive reference of the signed paper, if any; for
    a guardian or an agent it is required.
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, SomethingChanged, DetailsMissing,
    TermsNotAccepted, NotIdentified, ReauthenticationRequired, SignedPaperNeeded, AnswersDue (of a main
    applicant who took over).
    """
    # Rivals are locked too: the last confirmation ends what the adults confirmed elsewhere.
    loaded, rivals = locked_with_rivals(application_id, now=now, reader=identified)
    applicant = loaded.require_own_applicant(identified.person_id, applicant_id)
    loaded.require(Action.CONFIRM)
    _require_reviewed_version(loaded, applicant_id, version_id)
    # Before the checks below: pressing twice must succeed twice.
    given = loaded.confirmation_of(applicant_id)
    if given is not None:
        return given.pk
    require_reauthentication(identified, is_active=loaded.rows.is_session_active)
    # A representative's signed paper is the only proof of who confirmed.
    if identified.by_staff is not None and not archive_reference and has_representative(identified.id):
        raise SignedPaperNeeded
    _require_complete(loaded, applicant_id)
    if are_answers_due(loaded.main_applicant, loaded.current):
        raise AnswersDue
    terms = _accepted_terms(loaded, now)
    confirmation = _confirm(loaded, applicant, version_id, identified, terms, archive_reference, now)
    record(
        EventKind.CONFIRMED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        confirmation=str(confirmation.pk),
        version=str(version_id),
        digest=bytes(confirmation.digest).hex(),
        terms=terms,
        assisted=identified.by_staff is not None,
        archive_reference=archive_reference,
        identification=str(identified.id),
        standing=str(loaded.current.version.pk),
    )
    loaded.add_confirmation(confirmation)
    _no_longer_declined(applicant)
    if identified.by_staff is not None:
        notify_assisted(loaded, applicant_id, confirmation_id=confirmation.pk)
    # Invitations that waited for the main applicant leave now.
    if applicant.is_main:
        invite_all(loaded)
    update_validity(loaded, rivals, actor=actor)
    return confirmation.pk


def _require_reviewed_version(loaded: LoadedApplication, applicant_id: UUID, version_id: UUID) -> None:
    if applicant_id not in loaded.current.digests:
        raise NotAllowedNow
    if not _has_same_facts(version_id, loaded, applicant_id):
        raise SomethingChanged


def _require_complete(loaded: LoadedApplication, applicant_id: UUID) -> None:
    missing = loaded.missing_details(applicant_id)
    if missing:
        raise DetailsMissing(fields=missing)


def _has_same_facts(version_id: UUID, loaded: LoadedApplication, applicant_id: UUID) -> bool:
    if version_id == loaded.current.version.pk:
        return True
    seen = loaded.version(version_id)
    return seen is not None and seen.digests.get(applicant_id) == loaded.current.digests[applicant_id]


def _accepted_terms(loaded: LoadedApplication, now: datetime) -> str:
    terms = terms_in_force(day_of(now)).version
    if terms not in loaded.rows.accepted_terms:
        raise TermsNotAccepted
    return terms


def _confirm(
    loaded: LoadedApplication,
    applicant: Applicant,
    version_id: UUID,
    identified: Identified,
    terms: str,
    archive_reference: str,
    now: datetime,
) -> Confirmation:
    return Confirmation.objects.create(
        application=loaded.application,
        applicant=applicant,
        person_id=identified.person_id,
        version_id=version_id,
        # The digest binds the confirmation to what the person saw, whatever is edited later.
        digest=loaded.current.digests[applicant.pk],
        identification_id=identified.id,
        terms=terms,
        assisted_by=identified.by_staff,
        archive_reference=archive_reference,
        confirmed_at=now,
        ends_by=confirmation_ends_from(now),
    )


def _no_longer_declined(applicant: Applicant) -> None:
    if applicant.declined_at is not None:
        applicant.declined_at = None
        applicant.save(update_fields=["declined_at"])
