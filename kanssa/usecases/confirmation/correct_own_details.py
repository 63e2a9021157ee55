from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.address_troubles import trust_address
from kanssa.applications.aggregate.corrections import correction_of, store_correction
from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.content import Facts, merged
from kanssa.applications.content.form import PERSON, missing_fields
from kanssa.applications.notifications.announcements import notify_change, notify_contact_changed
from kanssa.applications.refusals import DetailsMissing, NotAllowedNow
from kanssa.applications.states import Action
from kanssa.applications.transitions.address_retries import resend_undelivered
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.revising import adults_to_reconfirm, revise
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.CORRECT)
def correct_own_details(
    *, application_id: UUID, applicant_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Put an adult's own corrections into the application as a new version.

    The others' confirmations stay: nothing that concerns them changed. A main applicant's version gets a
    new validity, a co-applicant's takes over the current one (DOMAIN, rule 4).
    Refuses: NoSuchApplication, SomeoneElse, NotAllowedNow, NotIdentified, ReauthenticationRequired,
    DetailsMissing.
    """
    application, rivals = locked_with_rivals(application_id, now=now, reader=identified)
    applicant = application.require_own_applicant(identified.person_id, applicant_id)
    application.require(Action.CORRECT)
    require_reauthentication(identified, is_active=application.rows.is_session_active)
    before = application.current.content.adults.get(applicant_id)
    if before is None or applicant.left_at is not None:  # the next version leaves them out
        raise NotAllowedNow
    correction = correction_of(applicant)
    after = merged(before, correction)
    _require_complete(after)
    # A submitted correction does not wait any longer.
    store_correction(applicant, None)
    if "email" in correction:
        trust_address(applicant, after.get("email") or "")  # the adult says that it is right
    if after == before:
        # The same address was saved again: the adult says that it is right.
        resend_undelivered(application, applicant)
        return
    content = application.current.content.with_adult(applicant_id, after)
    # Only the main applicant's answers say that the whole application is current (DOMAIN, rule 4).
    valid_until = validity_from(now) if applicant.is_main else application.valid_until
    had_confirmed = {key for key in application.applicants if application.active_confirmations_of(key)}
    former = revise(
        application, content, actor=actor, valid_until=valid_until, keeps_household=not applicant.is_main
    )
    # Only where the main applicant's version leaves out an adult who left, or holds one who came of age.
    asks = adults_to_reconfirm(former, application.current) & had_confirmed
    notify_change(application, asks, excluding=applicant_id)
    notify_contact_changed(application, applicant_id, before)
    update_validity(application, rivals, actor=actor)
    version = application.current.version
    record(
        EventKind.DETAILS_CORRECTED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        version=str(version.pk),
        hash=bytes(version.hash).hex(),
    )


def _require_complete(facts: Facts) -> None:
    missing = missing_fields(PERSON, facts)
    if missing:
        raise DetailsMissing(fields=missing)
