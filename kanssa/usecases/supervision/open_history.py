from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.history_rows import HistoryRows, read_history_rows
from kanssa.applications.content.content import full_name
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import State
from kanssa.evidence.events import EventKind
from kanssa.evidence.queries import decisions_on
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class ActiveConfirmation:
    """An active confirmation; `counts`: it is of the current or the confirmed version."""

    confirmation_id: UUID
    confirmed_at: datetime
    method: str
    is_assisted: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class HistoryAdult:
    """An adult of an application, for a supervisor's judgement: no contacts, no code.

    `is_by_decision`: an accepted task let the person claim the applicant; `is_left_out`: on no relevant
    version.
    """

    applicant_id: UUID
    is_main: bool
    is_left_out: bool
    identified_at: datetime | None
    method: str
    is_by_decision: bool
    left_at: datetime | None
    left_because: str
    confirmations: tuple[ActiveConfirmation, ...]
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HistoryDecision:
    """A staff decision about an adult and its grounds; `words` is what the member of staff wrote."""

    at: datetime
    who: str
    kind: str
    code: str
    grounds: str
    name: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class History:
    application_id: UUID
    reference: str
    state: State
    adults: tuple[HistoryAdult, ...]
    decisions: tuple[HistoryDecision, ...]


@use_case
def open_history(
    *, application_id: UUID, reason: AccessReason | None, staff: StaffMember, now: datetime
) -> History:
    """Read how an application came to its present status; every reading is recorded with its reason.

    Refuses: NotYourRole, ReasonNeeded, NoSuchApplication, ConflictingInterest.
    """
    require_role(staff, Role.SUPERVISOR)
    if reason is None:
        raise ReasonNeeded
    loaded = LoadedApplication.of(application_id, now=now)
    if loaded.state is State.DRAFT:
        raise NoSuchApplication
    applicants = _listed_applicants(loaded)
    require_no_conflict_of_interest(staff, loaded)
    # Before anything is shown: a reading without a record must not be possible.
    record(EventKind.HISTORY_OPENED, actor=staff.actor, now=now, application_id=application_id, reason=reason)
    for applicant in applicants:
        record_protected_read(applicant, what="case", reason=reason, actor=staff.actor, now=now)
    rows = read_history_rows(application_id)
    adults = tuple(_adult(loaded, applicant, rows) for applicant in applicants)
    return History(
        application_id=application_id,
        reference=loaded.application.reference or "",
        state=loaded.state,
        adults=adults,
        decisions=_decisions(application_id, rows, {each.applicant_id: each.name for each in adults}),
    )


def _listed_applicants(loaded: LoadedApplication) -> list[Applicant]:
    left_out = [each for each in loaded.all_applicants.values() if each.removed_at and each.left_at]
    return [*loaded.applicants.values(), *sorted(left_out, key=lambda each: each.position)]


def _adult(loaded: LoadedApplication, applicant: Applicant, rows: HistoryRows) -> HistoryAdult:
    is_here = applicant.pk in loaded.applicants
    return HistoryAdult(
        applicant_id=applicant.pk,
        is_main=applicant.is_main,
        is_left_out=not is_here,
        identified_at=applicant.identified_at,
        method=rows.methods[applicant.identification_id] if applicant.identification_id else "",
        is_by_decision=applicant.pk in rows.matched,
        left_at=applicant.left_at,
        left_because=applicant.left_because,
        confirmations=_confirmations(loaded, applicant, rows) if is_here else (),
        name=full_name(rows.facts.get(applicant.pk, {})),
    )


def _confirmations(
    loaded: LoadedApplication, applicant: Applicant, rows: HistoryRows
) -> tuple[ActiveConfirmation, ...]:
    counting = {
        each.pk
        for each in (loaded.effective_confirmation_of(applicant.pk), loaded.confirmation_of(applicant.pk))
        if each
    }
    return tuple(
        ActiveConfirmation(
            confirmation_id=each.pk,
            confirmed_at=each.confirmed_at,
            method=rows.methods[each.identification_id],
            is_assisted=each.assisted_by is not None,
            counts=each.pk in counting,
        )
        for each in loaded.active_confirmations_of(applicant.pk)
    )


def _decisions(
    application_id: UUID, rows: HistoryRows, names_of_adults: Mapping[UUID, str]
) -> tuple[HistoryDecision, ...]:
    return tuple(
        HistoryDecision(
            at=each.at,
            who=rows.names.get(each.staff_id, "") if each.staff_id else "",
            kind=each.kind,
            code=each.code,
            grounds=each.grounds,
            name=names_of_adults.get(each.applicant_id, "") if each.applicant_id else "",
            words=each.words,
        )
        for each in decisions_on(application_id)
    )
