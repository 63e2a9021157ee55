"""Write the messages that time alone brings: about transitions, reminders and warnings."""

from datetime import date
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.timed_transitions import AppliedTransition
from kanssa.applications.aggregate.visibility import visible_facts_of
from kanssa.applications.content.content import first_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.announcements import notify_fallen_back, notify_time_extended
from kanssa.applications.notifications.leaving import notify_main_place_offered
from kanssa.applications.notifications.recipients import notify, notify_known
from kanssa.applications.notifications.reminders import Reminder, ReminderKind
from kanssa.applications.states import TimedTransition
from kanssa.calendar.days import coming_of_age
from kanssa.messages.topics import Topic
from kanssa.vault import fingerprint

_CAUSE_LENGTH = 16


def notify_timed_transitions(loaded: LoadedApplication) -> None:
    began = loaded.application.to_confirm_since
    # The end of a confirmation that carried no validity changes nothing for the applicants.
    announced = [
        each
        for each in loaded.timed_transitions
        if each.transition is not TimedTransition.CONFIRMATION_ENDS or each.at == began
    ]
    # The latest only, also after a week of downtime.
    if announced:
        _notify_timed_transition(loaded, announced[-1])


def _notify_timed_transition(loaded: LoadedApplication, applied: AppliedTransition) -> None:
    cause = f"clock:{applied.at.isoformat()}"
    match applied.transition:
        case TimedTransition.FALLS_BACK | TimedTransition.CONFIRMATION_ENDS:
            notify_fallen_back(loaded, excluding=None, cause=cause)
        # The version before it stays valid: the known adults learn that nothing changed.
        case TimedTransition.CHANGE_LAPSES:
            notify_known(loaded, Topic.CHANGE_LAPSED, cause=cause)
        case TimedTransition.EXTENDED:
            notify_time_extended(loaded, cause=cause)
        case TimedTransition.LAPSES:
            notify_known(loaded, Topic.LAPSED, cause=cause)


def notify_reminder(loaded: LoadedApplication, reminder: Reminder) -> None:
    cause = f"{reminder.kind}:{reminder.at.date().isoformat()}"
    match reminder.kind:
        case ReminderKind.REMINDER if reminder.about is not None:
            _remind(loaded, reminder.about, cause)
        case ReminderKind.EXPIRY:
            notify_known(loaded, Topic.EXPIRY, cause=cause)
        case ReminderKind.MAIN_OFFER:
            notify_main_place_offered(loaded)
        case ReminderKind.COMING_OF_AGE if reminder.about is not None:
            _notify_coming_of_age(loaded, reminder.about)


def _remind(loaded: LoadedApplication, adult: UUID, cause: str) -> None:
    applicant = loaded.applicants[adult]
    # A reminder would reach the dead, or one who is valid elsewhere.
    if not applicant.takes_messages or _has_moved_on(loaded, applicant):
        return
    current = loaded.current
    missing = [key for key in current.digests if loaded.confirmation_of(key) is None]
    names = [first_name(visible_facts_of(key, loaded)) for key in missing if key != adult]
    notify(
        loaded,
        adult,
        Topic.REMINDER,
        cause=cause,
        # An adult who declined hears nothing more; the typed address must not show that they did.
        to_own=applicant.declined_at is None,
        is_missing=adult in missing,
        to_invited=True,
        # Co-applicants do not learn who else is missing from a message.
        missing=names if applicant.is_main else [],
        has_waiting_version=loaded.has_waiting_version,
    )


def _notify_coming_of_age(loaded: LoadedApplication, resident: UUID) -> None:
    facts = loaded.current.content.residents[resident]
    born = birth_date(facts)
    if born is not None and loaded.main_applicant.takes_messages:
        notify(
            loaded,
            loaded.main_applicant.pk,
            Topic.COMING_OF_AGE,
            cause=_cause_of_coming_of_age(born, resident),
            resident=first_name(facts),
            on=coming_of_age(born).isoformat(),
        )


def _cause_of_coming_of_age(born: date, resident: UUID) -> str:
    # By its keyed look-up: causes are stored unencrypted.
    keyed = fingerprint(f"{resident}:{born.isoformat()}", of="coming-of-age").hex()[:_CAUSE_LENGTH]
    return f"{ReminderKind.COMING_OF_AGE}:{keyed}:{resident}"


def _has_moved_on(loaded: LoadedApplication, applicant: Applicant) -> bool:
    own = [each for each in loaded.confirmations if each.applicant_id == applicant.pk]
    return bool(own) and own[-1].ended_for is not None
