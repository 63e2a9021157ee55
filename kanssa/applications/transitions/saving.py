"""Save the changes of a locked application."""

from datetime import datetime
from itertools import pairwise
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import LEFT, Applicant, Confirmation, Invitation, Seat
from kanssa.applications.notifications import announcements
from kanssa.applications.notifications.leaving import notify_main_place_offered
from kanssa.applications.notifications.reminders import next_reminder_at
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES, TRANSITIONS, State, next_timed_transition

REMOVED = "removed"
"""The reason of a confirmation that ended because another removed its adult."""

_KNOWN_TRANSITIONS = {(move.source, move.target) for move in TRANSITIONS}


def save(loaded: LoadedApplication) -> State:
    """Write states, times, applicants and seats as they are in memory. Gives the state.

    A change of state that the table does not name is a bug: it raises, and undoes the action.
    """
    application, state = loaded.application, loaded.state
    # Before anything is written: the table is closed, also for code that is wrong.
    _require_known_transitions([State(application.state), *loaded.passed_states, state])
    loaded.passed_states.clear()
    if state in ENDED_STATES and not application.ended_as:
        loaded.end_as(state, loaded.now)
    was_valid, application.state = State(application.state) is State.VALID, state
    if application.sent_at is not None:
        _save_confirmations(loaded)
        _save_applicants(loaded)
        _save_confirmations(loaded)  # of those who were removed just now
        if state in ACTIVE_STATES:
            notify_main_place_offered(loaded)
        # Only a valid application holds seats: its adults are free to be valid elsewhere.
        if was_valid and state is not State.VALID:
            Seat.objects.filter(application=application).delete()
            loaded.seated = frozenset()
    # Stored, so that the worker finds due applications by an index instead of computing each.
    application.due_at = next_due_at(loaded, state)
    if changed := loaded.changed_columns:
        application.save(update_fields=[name.removesuffix("_id") for name in changed])
        loaded.columns_saved()
    return state


def _require_known_transitions(states: list[State]) -> None:
    for was, becomes in pairwise(states):
        if was is not becomes and (was, becomes) not in _KNOWN_TRANSITIONS:
            raise RuntimeError(f"the table names no way from {was} to {becomes}")


def next_due_at(loaded: LoadedApplication, state: State) -> datetime | None:
    if state not in ACTIVE_STATES:
        return None
    transition = next_timed_transition(loaded.life)
    moments = [next_reminder_at(loaded), transition[0] if transition else None]
    return min((moment for moment in moments if moment is not None), default=None)


def _save_confirmations(loaded: LoadedApplication) -> None:
    if loaded.changed_confirmations:
        Confirmation.objects.bulk_update(
            loaded.changed_confirmations, ["ends_by", "ended_at", "ended_because", "ended_for"]
        )
        left = {each.applicant_id for each in loaded.changed_confirmations if each.ended_because == LEFT}
        _let_revive(loaded, left)
        loaded.changed_confirmations.clear()


def _let_revive(loaded: LoadedApplication, adults: set[UUID]) -> None:
    """Let the worker look at what these adults' confirmations had replaced elsewhere.

    Here it cannot: the applications that may count again are not locked.
    """
    if adults:
        Applicant.objects.filter(pk__in=adults, person__isnull=False).update(revival_due_at=loaded.now)


def _save_applicants(loaded: LoadedApplication) -> None:
    mattering = loaded.relevant_adults
    for key, applicant in loaded.all_applicants.items():
        if (key in mattering) == (applicant.removed_at is None):
            continue
        applicant.removed_at = None if key in mattering else loaded.now
        applicant.save(update_fields=["removed_at"])
        # The link of an adult who is on no version must not open anything.
        if applicant.removed_at:
            Invitation.objects.filter(applicant=applicant).end(now=loaded.now)
            announcements.notify_removed(loaded, applicant)
            _end_own_part(loaded, applicant)
    loaded.applicants_changed()


def _end_own_part(loaded: LoadedApplication, applicant: Applicant) -> None:
    """End a removed adult's confirmations. A recorded death or move may be undone: then they count again."""
    if applicant.left_because in ("died", "moved"):
        return
    for each in loaded.active_confirmations_of(applicant.pk):
        loaded.end(each, because=REMOVED, at=loaded.now)
    if any(each.applicant_id == applicant.pk for each in loaded.confirmations):
        _let_revive(loaded, {applicant.pk})
