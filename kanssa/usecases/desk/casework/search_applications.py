from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import AccessReason, own_applications_among
from kanssa.applications.content.content import full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import ReasonNeeded, TooManySearches
from kanssa.applications.search.applicants import find_applicants, parse_query
from kanssa.applications.search.refusals import NothingByCode
from kanssa.applications.search.similar_names import find_similar
from kanssa.applications.states import State
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import limited, use_case
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One adult that a search found: enough to tell namesakes apart, and nothing else.

    For the clerk's own household (`is_own`) only that there is one. `is_similar`: the name is not quite the
    one that was searched for.
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
    subject = str(given["staff"].user_id)
    return [Limit("searches-clerk", subject, settings.MAX_SEARCHES_PER_CLERK, settings.ADDRESS_LIMIT_WINDOW)]


@limited(TooManySearches, _limits)
@use_case
def search_applications(
    *, typed: str, reason: AccessReason | None, staff: StaffMember, now: datetime
) -> list[SearchHit]:
    """Find adults by what a clerk typed or a document reader sent; records who is found, and the reason.

    Refuses: TooManySearches, NotYourRole, NotUnderstandable (NothingByCode too for a reference that no
    application has), ReasonNeeded (not for a reference or a visit code: it was given).
    """
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    wanted = parse_query(typed, today=day_of(now), allow_test_codes=settings.ALLOW_TEST_HETU)
    if reason is None and not wanted.was_given:
        raise ReasonNeeded
    applicants = find_applicants(wanted)
    # Similar names only when nothing matches: each name that is shown is a disclosure.
    is_similar = not applicants
    if is_similar:
        applicants = find_similar(wanted)
    if wanted.was_given and not applicants:
        # A mistyped code deserves another answer than a name without matches.
        raise NothingByCode
    own = own_applications_among(staff, {applicant.application_id for applicant in applicants})
    # The clerk's own household is not even loaded.
    shown = {applicant.application_id for applicant in applicants} - own
    loaded_applications = {each.application.pk: each for each in LoadedApplication.all_of(shown, now=now)}
    people = [
        _own(applicant)
        if applicant.application_id in own
        else _found(applicant, loaded_applications[applicant.application_id], is_similar=is_similar)
        for applicant in applicants
    ]
    record(
        EventKind.SEARCHED,
        actor=staff.actor,
        now=now,
        search=wanted.kind,
        reason=reason or AccessReason.VISIT,
        found=sorted({str(each.application_id) for each in people if not each.is_own}),
    )
    return people


def _own(applicant: Applicant) -> SearchHit:
    return SearchHit(
        application_id=applicant.application_id,
        applicant_id=applicant.pk,
        # Only that it is there: a colleague handles it.
        reference="",
        state=State.SENT,
        is_main=False,
        is_identified=False,
        name="",
        born=None,
        is_own=True,
    )


def _found(applicant: Applicant, application: LoadedApplication, *, is_similar: bool) -> SearchHit:
    facts = application.facts_of(applicant.pk)
    return SearchHit(
        application_id=applicant.application_id,
        applicant_id=applicant.pk,
        reference=application.application.reference or "",
        state=application.state,
        is_main=applicant.is_main,
        is_identified=applicant.person_id is not None,
        name=full_name(facts),
        born=birth_date(facts),
        is_similar=is_similar,
    )
