"""Compute the messages that time alone brings: reminders, warnings, a coming of age (DOMAIN, Messages)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.given_confirmations import main_place_widens_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import are_answers_due
from kanssa.applications.content.validation import birth_date
from kanssa.applications.states import State
from kanssa.calendar.days import coming_of_age, day_of, end_of, last_day_before, morning_of


class ReminderKind(StrEnum):
    REMINDER = "reminder"
    EXPIRY = "expiry"
    COMING_OF_AGE = "coming-of-age"
    MAIN_OFFER = "main-offer"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to send. `about`: the adult to remind, or the resident who comes of age."""

    at: datetime
    kind: ReminderKind
    about: UUID | None = None


def next_reminder_at(loaded: LoadedApplication) -> datetime | None:
    """Give when the next reminder is due; in the past, if the worker has not got to it yet."""
    since = _reminded_until(loaded)
    return min((each.at for each in _all_reminders(loaded) if each.at > since), default=None)


def due_reminders(loaded: LoadedApplication) -> list[Reminder]:
    since = _reminded_until(loaded)
    # Of each kind the latest alone: a week of downtime must not end in a flood of stale messages.
    due = sorted(
        (each for each in _all_reminders(loaded) if since < each.at <= loaded.now), key=lambda each: each.at
    )
    # Sorted by time, so the dictionary keeps the latest of each kind.
    return list({(each.kind, each.about): each for each in due}.values())


def _reminded_until(loaded: LoadedApplication) -> datetime:
    return loaded.application.reminded_until or loaded.application.sent_at or loaded.now


def _all_reminders(loaded: LoadedApplication) -> Iterator[Reminder]:
    state = loaded.state
    if state is State.SENT or (state is State.VALID and loaded.has_waiting_version):
        yield from _reminders(loaded)
    if state is State.VALID:
        # Only a valid application has a validity to end.
        yield from _expiry_warnings(loaded)
    if state in (State.SENT, State.VALID):
        yield from _comings_of_age(loaded)
        yield from _wider_offer(loaded)


def _reminders(loaded: LoadedApplication) -> Iterator[Reminder]:
    """On days 3, 14 and 25 after inviting, for the adults who are missing and the main applicant."""
    since = loaded.application.to_confirm_since
    if since is None:
        return
    main = loaded.main_applicant.pk
    invited = {key: at for key, at in loaded.first_invited.items() if key in loaded.current.digests}
    known = {key: applicant.identified_at for key, applicant in loaded.applicants.items()}
    # Days count from when an adult could act, never from before the current time to confirm.
    began = {key: max(since, at) for key, at in known.items() if at is not None}
    began |= {key: max(since, at) for key, at in invited.items()}
    began[main] = max([since, *invited.values()])
    for adult, at in began.items():
        is_missing = adult in loaded.current.digests and loaded.confirmation_of(adult) is None
        # No adult can confirm before the new main applicant has answered.
        is_missing = is_missing and not are_answers_due(loaded.main_applicant, loaded.current)
        if adult == main or is_missing:
            yield from (
                Reminder(morning_of(day_of(at) + timedelta(days=days)), ReminderKind.REMINDER, adult)
                for days in settings.REMINDER_DAYS
            )


def _expiry_warnings(loaded: LoadedApplication) -> Iterator[Reminder]:
    until = loaded.application.valid_until
    if until is not None:
        last_day = last_day_before(until)
        for days in settings.EXPIRY_WARNING_DAYS:
            yield Reminder(morning_of(last_day - timedelta(days=days)), ReminderKind.EXPIRY)


def _wider_offer(loaded: LoadedApplication) -> Iterator[Reminder]:
    """Offer the main applicant's place to all identified adults, once those who confirmed had their time."""
    opened_at = loaded.main_place_opened_at
    if opened_at is not None:
        yield Reminder(main_place_widens_at(opened_at), ReminderKind.MAIN_OFFER)


def _comings_of_age(loaded: LoadedApplication) -> Iterator[Reminder]:
    """For the main applicant, 30 days before a resident turns 18 (rule 7)."""
    for resident, facts in loaded.current.content.residents.items():
        born = birth_date(facts)
        if born is not None and loaded.now < end_of(coming_of_age(born)):
            notify_on = coming_of_age(born) - timedelta(days=settings.COMING_OF_AGE_DAYS)
            # For a resident named later than that: the next morning. The message's cause makes it go once.
            named_on = day_of(loaded.current.version.made_at)
            at = max(morning_of(notify_on), morning_of(named_on + timedelta(days=1)))
            yield Reminder(at, ReminderKind.COMING_OF_AGE, resident)
