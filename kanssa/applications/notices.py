"""What the clock tells people: reminders, warnings, a coming of age (DOMAIN, Messages)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings

from kanssa.applications.checks import birth_date
from kanssa.applications.household import Household
from kanssa.applications.states import State
from kanssa.applications.times import coming_of_age, day_of, end_of, last_day_before, morning_of


class Kind(StrEnum):
    """What a notice is about."""

    REMINDER = "reminder"
    EXPIRY = "expiry"
    COMING_OF_AGE = "coming-of-age"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `about`: the adult to remind, or the resident who comes of age."""

    at: datetime
    kind: Kind
    about: UUID | None = None


def next_notice(household: Household) -> datetime | None:
    """When the clock next has something to tell; before now, if the timers have yet to come to it."""
    since = _taken_care_of_until(household)
    return min((each.at for each in _notices(household) if each.at > since), default=None)


def due_notices(household: Household) -> list[Notice]:
    """What is to be told now and was not yet: of each kind the latest one only.

    So a week of downtime ends in no flood of mail that is stale.
    """
    since = _taken_care_of_until(household)
    due = sorted(
        (each for each in _notices(household) if since < each.at <= household.now), key=lambda each: each.at
    )
    return list({(each.kind, each.about): each for each in due}.values())


def _taken_care_of_until(household: Household) -> datetime:
    return household.application.noticed_until or household.application.sent_at or household.now


def _notices(household: Household) -> Iterator[Notice]:
    state = household.state
    if state is State.SENT or (state is State.VALID and household.has_waiting):
        yield from _reminders(household)
    if state is State.VALID:
        yield from _expiry_warnings(household)
    if state in (State.SENT, State.VALID):
        yield from _comings_of_age(household)


def _reminders(household: Household) -> Iterator[Notice]:
    """On days 3, 14 and 25 after inviting, to whoever is missing and to the main applicant."""
    since = household.application.to_confirm_since
    if since is None:
        return
    main = household.main_applicant.pk
    invited = {key: at for key, at in household.first_invited.items() if key in household.standing.digests}
    known = {key: place.identified_at for key, place in household.applicants.items()}
    began = {key: max(since, at) for key, at in known.items() if at is not None}
    began |= {key: max(since, at) for key, at in invited.items()}
    began[main] = max([since, *invited.values()])
    for adult, at in began.items():
        is_missing = adult in household.standing.digests and household.confirmation_of(adult) is None
        if adult == main or is_missing:
            yield from (
                Notice(morning_of(day_of(at) + timedelta(days=days)), Kind.REMINDER, adult)
                for days in settings.REMINDER_DAYS
            )


def _expiry_warnings(household: Household) -> Iterator[Notice]:
    until = household.application.valid_until
    if until is not None:
        last_day = last_day_before(until)
        for days in settings.EXPIRY_WARNING_DAYS:
            yield Notice(morning_of(last_day - timedelta(days=days)), Kind.EXPIRY)


def _comings_of_age(household: Household) -> Iterator[Notice]:
    """To the main applicant, 30 days before a resident turns 18 (rule 7)."""
    for resident, facts in household.standing.content.residents.items():
        born = birth_date(facts)
        if born is not None and household.now < end_of(coming_of_age(born)):
            told_on = coming_of_age(born) - timedelta(days=settings.COMING_OF_AGE_DAYS)
            # One who is named later than that: the next morning. The letter's cause makes it go once.
            named_on = day_of(household.standing.version.made_at)
            at = max(morning_of(told_on), morning_of(named_on + timedelta(days=1)))
            yield Notice(at, Kind.COMING_OF_AGE, resident)
