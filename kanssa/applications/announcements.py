"""Which letter goes to whom when something happens to an application."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.applications.content import first_name
from kanssa.applications.household import Household
from kanssa.applications.times import last_day_before
from kanssa.messages.letters import Topic, count_to, write_letter


def tell_received(household: Household, *, now: datetime) -> None:
    """To the main applicant at once on sending: received, not yet valid, what to do.

    Nobody has identified yet, so the address may be anybody's: it gets a few a day at most.
    """
    main = household.standing.content.adults[household.main_applicant.pk]
    since = now - timedelta(days=1)
    if count_to(main.get("email", ""), topic=Topic.RECEIVED, since=since) >= settings.RECEIVED_LETTERS_A_DAY:
        return
    _tell(household, household.main_applicant.pk, Topic.RECEIVED, cause="received", now=now)


def tell_all_confirmed(household: Household, *, now: datetime) -> None:
    """To every adult: all have confirmed, the application is valid."""
    version = household.standing.version
    for adult in household.standing.content.adults:
        _tell(
            household,
            adult,
            Topic.ALL_CONFIRMED,
            cause=f"all-confirmed:{version.pk}:{now.isoformat()}",
            now=now,
        )


def tell_confirmed_elsewhere(household: Household, *, leavers: set[UUID], cause: UUID, now: datetime) -> None:
    """To the adults who stay: somebody's confirmation ended, they may go on without them.

    Of the co-applicants only to those who identified: the others' addresses may be a stranger's.
    """
    for adult, place in household.applicants.items():
        is_known = place.is_main or place.person_id is not None
        if is_known and place.person_id not in leavers:
            _tell(household, adult, Topic.CONFIRMED_ELSEWHERE, cause=f"elsewhere:{cause}", now=now)


def tell_invited(
    household: Household, applicant_id: UUID, *, invitation_id: UUID, token: str, now: datetime
) -> None:
    """To a co-applicant: the link, with the first name of whoever named them."""
    main = household.standing.content.adults[household.main_applicant.pk]
    _tell(
        household,
        applicant_id,
        Topic.INVITATION,
        cause=f"invitation:{invitation_id}",
        now=now,
        token=token,
        inviter=first_name(main),
    )


def _tell(
    household: Household, applicant_id: UUID, topic: Topic, *, cause: str, now: datetime, **more: Any
) -> None:
    """Write the letter, if the adult has an e-mail address."""
    person = household.standing.content.adults[applicant_id]
    application = household.application
    if not person.get("email"):
        return
    says = {
        "first_name": first_name(person),
        "reference": application.reference,
        "confirm_by": _day(application.confirm_by),
        "valid_until": _day(application.valid_until),
        "is_main": applicant_id == household.main_applicant.pk,
        "is_alone": len(household.standing.content.adults) == 1,
        **more,
    }
    write_letter(
        topic,
        cause=f"{cause}:{application.pk}:{applicant_id}",
        address=person["email"],
        language=person.get("contact_language") or application.language,
        says=says,
        now=now,
        application_id=application.pk,
        applicant_id=applicant_id,
    )


def _day(end: datetime | None) -> str | None:
    return last_day_before(end).isoformat() if end else None
