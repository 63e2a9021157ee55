from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import AFTER_PERIOD
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.models import Confirmation
from kanssa.applications.refusals import NothingConfirmed, SomethingChanged
from kanssa.applications.states import Action, State
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.applications.transitions.validity import save_ended_confirmations
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor

WITHDRAWN = "withdrawn"


@use_case(Action.WITHDRAW_CONFIRMATION)
def withdraw_confirmation(
    *,
    application_id: UUID,
    applicant_id: UUID,
    at_period_end: bool,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Withdraw one's own confirmation: at once, or at the end of this period of validity.

    At once, a valid application falls back to sent, which the others notice. At the end of the period no
    other adult notices before then; if the application is not valid now, that is refused.
    Refuses: NotIdentified, ReauthenticationRequired, NoSuchApplication, SomeoneElse, NotAllowedNow,
    NothingConfirmed, SomethingChanged.
    """
    loaded = locked(application_id, now=now)
    loaded.require(Action.WITHDRAW_CONFIRMATION)
    require_reauthentication(identified)
    applicant = loaded.require_own_applicant(identified.person_id, applicant_id)
    given = loaded.active_confirmations_of(applicant_id)
    if not given:
        raise NothingConfirmed
    # The page offered it while the application was valid; ending at once was not what they chose.
    if at_period_end and loaded.state is not State.VALID:
        raise SomethingChanged
    if at_period_end and _ends_with_period(loaded, given):
        return
    record(
        EventKind.CONFIRMATION_ENDS_WITH_PERIOD if at_period_end else EventKind.CONFIRMATION_WITHDRAWN,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        confirmations=[str(each.pk) for each in given],
    )
    if at_period_end:
        _end_with_period(loaded, given)
        return
    for each in given:
        loaded.end(each, because=WITHDRAWN, at=now)
    save_ended_confirmations(loaded, actor=actor, excluding=applicant.pk, cause=f"withdrawn:{given[-1].pk}")


def _ends_with_period(loaded: LoadedApplication, given: list[Confirmation]) -> bool:
    until = loaded.application.valid_until
    return until is not None and all(each.ends_by <= until + AFTER_PERIOD for each in given)


def _end_with_period(loaded: LoadedApplication, given: list[Confirmation]) -> None:
    until = loaded.application.valid_until
    for each in given:
        if until is not None:
            # Never later than it would have ended by itself.
            each.ends_by = min(each.ends_by, until + AFTER_PERIOD)
            loaded.changed_confirmations.append(each)
    save(loaded)
