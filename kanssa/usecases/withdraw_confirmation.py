from datetime import datetime
from uuid import UUID

from kanssa.applications.household import Household
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Confirmation
from kanssa.applications.periods import AFTER_PERIOD
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import NothingConfirmed, SomethingChanged
from kanssa.applications.states import Deed, State
from kanssa.applications.validity import keep_losses
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor

WITHDRAWN = "withdrawn"


@use_case
def withdraw_confirmation(
    *,
    application_id: UUID,
    applicant_id: UUID,
    at_period_end: bool,
    identified: Identified,
    actor: Actor,
    now: datetime,
) -> None:
    """Take back what one has confirmed: at once, or so that it is not carried past this period.

    At once, a valid application falls back to sent, which the others notice. With the period
    nobody notices before its end; where there is no period any more, nothing is taken that was not
    given up. Refuses: NotIdentified, ProofNeeded, NoSuchApplication, SomeoneElse, NotAllowedNow,
    NothingConfirmed, SomethingChanged.
    """
    household = locked(application_id, now=now)
    household.require(Deed.WITHDRAW_CONFIRMATION)
    require_proof(identified)
    place = household.place_held_by(identified.person_id, applicant_id)
    given = household.living_confirmations_of(applicant_id)
    if not given:
        raise NothingConfirmed
    if at_period_end and household.state is not State.VALID:
        raise SomethingChanged
    if at_period_end and _is_let_end(household, given):
        return
    record(
        "confirmation-ends-with-period" if at_period_end else "confirmation-withdrawn",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        confirmations=[str(each.pk) for each in given],
    )
    if at_period_end:
        _let_end(household, given)
        return
    for each in given:
        household.end(each, because=WITHDRAWN, at=now)
    keep_losses(household, actor=actor, but=place.pk, cause=f"withdrawn:{given[-1].pk}")


def _is_let_end(household: Household, given: list[Confirmation]) -> bool:
    """Whether all of them end with the period already."""
    until = household.application.valid_until
    return until is not None and all(each.ends_by <= until + AFTER_PERIOD for each in given)


def _let_end(household: Household, given: list[Confirmation]) -> None:
    until = household.application.valid_until
    for each in given:
        if until is not None:
            each.ends_by = min(each.ends_by, until + AFTER_PERIOD)
            household.changed.append(each)
    keep(household)
