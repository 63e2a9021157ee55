from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.accounts.tries import Limit
from kanssa.applications.checks import birth_date
from kanssa.applications.content import full_name
from kanssa.applications.desk_cases import Reason, own_among
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NothingByCode, ReasonNeeded, TooManySearches
from kanssa.applications.search import found, understood
from kanssa.applications.similar import similar
from kanssa.applications.states import State
from kanssa.applications.times import day_of
from kanssa.evidence.record import record
from kanssa.usecases.deed import limited, use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class Found:
    """One adult whom a search found: what tells namesakes apart, and no more.

    Of the clerk's own household (`is_own`) nothing but that there is one. `is_similar`: the name is not
    quite what was searched for.
    """

    application_id: UUID
    applicant_id: UUID
    reference: str
    state: State
    is_main: bool
    is_identified: bool
    name: str = field(repr=False)
    born: date | None = field(repr=False)
    is_own: bool = False
    is_similar: bool = False


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    whose = str(given["staff"].user_id)
    return [Limit("searches-clerk", whose, settings.SEARCHES_OF_A_CLERK, settings.LIMITS_WITHIN)]


@limited(TooManySearches, _limits)
@use_case
def search_applications(
    *, typed: str, reason: Reason | None, staff: StaffMember, actor: Actor, now: datetime
) -> list[Found]:
    """Find adults by what a clerk typed or a reader sent; leaves a trace of who is found, and why.

    Refuses: TooManySearches, NotYourRole, NotUnderstandable (NothingByCode too for a reference that no
    application has), ReasonNeeded (not for a reference or a visit code: it was given).
    """
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    wanted = understood(typed, today=day_of(now), allow_test_codes=settings.ALLOW_TEST_HETU)
    if reason is None and not wanted.was_given:
        raise ReasonNeeded
    places = found(wanted)
    is_similar = not places
    if is_similar:
        places = similar(wanted)
    if wanted.was_given and not places:
        raise NothingByCode
    own = own_among(staff, {place.application_id for place in places})
    shown = {place.application_id for place in places} - own
    households = {each.application.pk: each for each in Household.all_of(shown, now=now)}
    people = [
        _own(place)
        if place.application_id in own
        else _found(place, households[place.application_id], is_similar=is_similar)
        for place in places
    ]
    record(
        "searched",
        actor=actor,
        now=now,
        search=wanted.kind,
        reason=reason or Reason.VISIT,
        found=sorted({str(each.application_id) for each in people if not each.is_own}),
    )
    return people


def _own(place: Applicant) -> Found:
    return Found(
        application_id=place.application_id,
        applicant_id=place.pk,
        reference="",
        state=State.SENT,
        is_main=False,
        is_identified=False,
        name="",
        born=None,
        is_own=True,
    )


def _found(place: Applicant, household: Household, *, is_similar: bool) -> Found:
    facts = household.facts_of(place.pk)
    return Found(
        application_id=place.application_id,
        applicant_id=place.pk,
        reference=household.application.reference or "",
        state=household.state,
        is_main=place.is_main,
        is_identified=place.person_id is not None,
        name=full_name(facts),
        born=birth_date(facts),
        is_similar=is_similar,
    )
