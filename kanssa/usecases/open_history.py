from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.content import full_name
from kanssa.applications.desk_cases import Reason, record_protected, require_stranger
from kanssa.applications.freeing import decision_that_filled
from kanssa.applications.household import Household, last_facts_of
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import State
from kanssa.evidence.recent import decisions_on
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class LivingConfirmation:
    """A confirmation that has not ended: when and how it was given, and whether it is of what stands."""

    confirmation_id: UUID
    confirmed_at: datetime
    method: str
    is_assisted: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class HistoryAdult:
    """An adult of an application, as a supervisor judges what came about: no contacts, no code.

    `is_by_decision`: a clerk's yes to a task let the person fill the place; `is_left_out`: they stand on
    no version that matters any more.
    """

    applicant_id: UUID
    is_main: bool
    is_left_out: bool
    identified_at: datetime | None
    method: str
    is_by_decision: bool
    left_at: datetime | None
    left_because: str
    confirmations: tuple[LivingConfirmation, ...]
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeDecision:
    """What somebody of the staff decided of an adult, on what grounds; `words` is what they wrote."""

    at: datetime
    who: str
    kind: str
    code: str
    grounds: str
    name: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class History:
    """Who filled which place of an application how, what lives of it, and what was decided."""

    application_id: UUID
    reference: str
    state: State
    adults: tuple[HistoryAdult, ...]
    decisions: tuple[MadeDecision, ...]


@use_case
def open_history(
    *, application_id: UUID, reason: Reason | None, staff: StaffMember, actor: Actor, now: datetime
) -> History:
    """Read how an application came to stand as it does; every reading leaves a trace with its reason.

    Refuses: NotYourRole, ReasonNeeded, NoSuchApplication, OwnHousehold.
    """
    require_role(staff, Role.SUPERVISOR)
    if reason is None:
        raise ReasonNeeded
    household = Household.of(application_id, now=now)
    if household.state is State.DRAFT:
        raise NoSuchApplication
    places = _places(household)
    require_stranger(staff, household)
    record("history-opened", actor=actor, now=now, application_id=application_id, reason=reason)
    for place in places:
        record_protected(place, what="case", reason=reason, actor=actor, now=now)
    adults = tuple(_adult(household, place) for place in places)
    return History(
        application_id=application_id,
        reference=household.application.reference or "",
        state=household.state,
        adults=adults,
        decisions=_decisions(application_id, {each.applicant_id: each.name for each in adults}),
    )


def _places(household: Household) -> list[Applicant]:
    """The adults' places that matter, and those of who left and was left out since."""
    left_out = [each for each in household.places.values() if each.removed_at and each.left_at]
    return [*household.applicants.values(), *sorted(left_out, key=lambda each: each.position)]


def _adult(household: Household, place: Applicant) -> HistoryAdult:
    is_here = place.pk in household.applicants
    return HistoryAdult(
        applicant_id=place.pk,
        is_main=place.is_main,
        is_left_out=not is_here,
        identified_at=place.identified_at,
        method=place.identification.method if place.identification else "",
        is_by_decision=decision_that_filled(place) is not None,
        left_at=place.left_at,
        left_because=place.left_because,
        confirmations=_confirmations(household, place) if is_here else (),
        name=full_name(last_facts_of(place)),
    )


def _confirmations(household: Household, place: Applicant) -> tuple[LivingConfirmation, ...]:
    counting = {
        each.pk for each in (household.carrying(place.pk), household.confirmation_of(place.pk)) if each
    }
    return tuple(
        LivingConfirmation(
            confirmation_id=each.pk,
            confirmed_at=each.confirmed_at,
            method=each.identification.method,
            is_assisted=each.assisted_by is not None,
            counts=each.pk in counting,
        )
        for each in household.living_confirmations_of(place.pk)
    )


def _decisions(application_id: UUID, called: Mapping[UUID, str]) -> tuple[MadeDecision, ...]:
    made = decisions_on(application_id)
    names = names_of({each.staff_id for each in made if each.staff_id})
    return tuple(
        MadeDecision(
            at=each.at,
            who=names.get(each.staff_id, "") if each.staff_id else "",
            kind=each.kind,
            code=each.code,
            grounds=each.grounds,
            name=called.get(each.applicant_id, "") if each.applicant_id else "",
            words=each.words,
        )
        for each in made
    )
