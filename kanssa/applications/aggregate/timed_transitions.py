"""Applies to a loaded application, in memory, what time alone brought until now."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kanssa.applications.aggregate.periods import extended_for_outage
from kanssa.applications.states import State, TimedTransition, next_timed_transition, state_of

if TYPE_CHECKING:
    from kanssa.applications.aggregate.loaded_application import LoadedApplication

TOO_OLD = "too-old"


@dataclass(frozen=True, slots=True)
class AppliedTransition:
    at: datetime
    transition: TimedTransition


def apply_timed_transitions(loaded: "LoadedApplication") -> None:
    at = None
    # Each transition can make the next one due, so they are applied one by one in their order.
    while (transition := next_timed_transition(loaded.life)) is not None and transition[0] <= loaded.now:
        # A state counts as passed after all transitions of its moment.
        if at is not None and at < transition[0]:
            loaded.passed_states.append(state_of(loaded.life, now=at))
        _apply(loaded, *transition)
        at = transition[0]
    if at is not None:
        loaded.passed_states.append(state_of(loaded.life, now=at))


def _apply(loaded: "LoadedApplication", at: datetime, transition: TimedTransition) -> None:
    if transition in (TimedTransition.CHANGE_LAPSES, TimedTransition.LAPSES):
        application = loaded.application
        later = extended_for_outage(at, since=application.to_confirm_since, now=loaded.now)
        if later is not None:
            application.confirm_by, transition = later, TimedTransition.EXTENDED
    match transition:
        case TimedTransition.CONFIRMATION_ENDS:
            _end_expired_confirmations(loaded, at)
        case TimedTransition.FALLS_BACK:
            loaded.start_confirmation_period(at)
        case TimedTransition.CHANGE_LAPSES:
            loaded.drop_waiting_version()
        case TimedTransition.EXPIRES:
            loaded.end_as(State.EXPIRED, at)
        case TimedTransition.LAPSES:
            loaded.end_as(State.LAPSED, at)
    # Kept in memory: only a use case saves, records and announces them.
    loaded.timed_transitions.append(AppliedTransition(at, transition))


def _end_expired_confirmations(loaded: "LoadedApplication", at: datetime) -> None:
    was_valid = loaded.life.is_in_validity
    for each in loaded.confirmations.active:
        if each.ends_by <= at:
            loaded.end(each, because=TOO_OLD, at=at)
    loaded.fall_back(at, was_valid=was_valid)
