"""Messages about what time alone brought: transitions, reminders and warnings."""

from datetime import date
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import (
    AppliedTransition,
    LoadedApplication,
)
from kanssa.applications.aggregate.visibility import visible_facts_of
from kanssa.applications.content.content import first_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.announcements import notify_fallen_back
from kanssa.applications.notifications.recipients import notify, notify_known
from kanssa.applications.notifications.reminders import Reminder, ReminderKind
from kanssa.applications.states import TimedTransition
from kanssa.calendar.days import coming_of_age
from kanssa.messages.queue import (
    Topic,
)
from kanssa.vault import fingerprint

_CAUSE_LENGTH = 16


def notify_timed_transitions(loaded: LoadedApplication) -> None:
    """What the clock did; after a week of downtime only what it came to."""
    began = loaded.application.to_confirm_since
    # One that carried nothing ends unnoticed.
    noticed = [
        each
        for each in loaded.timed_transitions
        if each.transition is not TimedTransition.CONFIRMATION_ENDS or each.at == began
    ]
    if noticed:
        _notify_timed_transition(loaded, noticed[-1])


def _notify_timed_transition(loaded: LoadedApplication, applied: AppliedTransition) -> None:
    """Fallen back, a change dropped, lapsed."""
    cause = f"clock:{applied.at.isoformat()}"
    match applied.transition:
        case TimedTransition.FALLS_BACK | TimedTransition.CONFIRMATION_ENDS:
            notify_fallen_back(loaded, excluding=None, cause=cause)
        case TimedTransition.CHANGE_LAPSES:
            notify_known(loaded, Topic.CHANGE_LAPSED, cause=cause)
        case TimedTransition.LAPSES:
            notify_known(loaded, Topic.LAPSED, cause=cause)


def notify_reminder(loaded: LoadedApplication, notice: Reminder) -> None:
    """What the clock has to tell."""
    cause = f"{notice.kind}:{notice.at.date().isoformat()}"
    match notice.kind:
        case ReminderKind.REMINDER if notice.about is not None:
            _remind(loaded, notice.about, cause)
        case ReminderKind.EXPIRY:
            notify_known(loaded, Topic.EXPIRY, cause=cause)
        case ReminderKind.COMING_OF_AGE if notice.about is not None:
            _notify_coming_of_age(loaded, notice.about)


def _remind(loaded: LoadedApplication, adult: UUID, cause: str) -> None:
    applicant = loaded.applicants[adult]
    if applicant.left_because == "died" or _has_moved_on(loaded, applicant):
        return
    current = loaded.current
    missing = [key for key in current.digests if loaded.confirmation_of(key) is None]
    names = [first_name(visible_facts_of(key, loaded)) for key in missing if key != adult]
    notify(
        loaded,
        adult,
        Topic.REMINDER,
        cause=cause,
        to_own=applicant.declined_at is None,
        is_missing=adult in missing,
        to_invited=True,
        missing=names if applicant.is_main else [],
        has_waiting_version=loaded.has_waiting_version,
    )


def _notify_coming_of_age(loaded: LoadedApplication, resident: UUID) -> None:
    facts = loaded.current.content.residents[resident]
    born = birth_date(facts)
    if born is not None:
        notify(
            loaded,
            loaded.main_applicant.pk,
            Topic.COMING_OF_AGE,
            cause=_cause_of_coming_of_age(born, resident),
            resident=first_name(facts),
            on=coming_of_age(born).isoformat(),
        )


def _cause_of_coming_of_age(born: date, resident: UUID) -> str:
    """Name the birth date by its keyed look-up: causes are stored in clear."""
    keyed = fingerprint(f"{resident}:{born.isoformat()}", of="coming-of-age").hex()[:_CAUSE_LENGTH]
    return f"{ReminderKind.COMING_OF_AGE}:{keyed}:{resident}"


def _has_moved_on(loaded: LoadedApplication, applicant: Applicant) -> bool:
    """Whether what the adult last confirmed here ended for another application of theirs."""
    own = [each for each in loaded.confirmations if each.applicant_id == applicant.pk]
    return bool(own) and own[-1].ended_for is not None
