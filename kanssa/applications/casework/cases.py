"""Rules for staff access to an application, and its reasons."""

import json
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from kanssa.accounts.conflicts_of_interest import conflicting_lookups, require_no_conflict
from kanssa.accounts.staff import StaffMember
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import is_protected
from kanssa.applications.content.content import Facts
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant, Application
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.people.models import Person
from kanssa.values.actor import Actor
from kanssa.vault import fingerprint


class AccessReason(StrEnum):
    VISIT = "visit"
    CONTACT = "contact"
    TASK = "task"
    REVIEW = "review"
    CORRECTION = "correction"


def references_of(application_ids: Collection[UUID]) -> dict[UUID, str]:
    held = dict(Application.objects.filter(pk__in=application_ids).values_list("pk", "reference"))
    return {each: held[each] or "" for each in application_ids if each in held}


def comparison_fingerprint(facts: Facts) -> str:
    born = birth_date(facts)
    # An editor could change them between the comparison and the recording of the check.
    compared = [
        facts.get("last_name"),
        facts.get("first_names"),
        born and born.isoformat(),
        facts.get("hetu"),
    ]
    # A keyed hash: the page that carries it must not reveal the answers.
    return fingerprint(json.dumps(compared), of="compared-at-desk").hex()


def require_no_conflict_of_interest(
    staff: StaffMember, loaded: LoadedApplication, *, also: Collection[bytes] = ()
) -> None:
    """Refuses: ConflictingInterest. `also` are keyed look-ups of other people that the case concerns."""
    # Former applicants count too: former partners may be in dispute (DOMAIN, situation 7).
    lookups = {
        bytes(lookup)
        for applicant in loaded.all_applicants.values()
        # Both codes: the typed one may name a relative though another person claimed it.
        for lookup in (applicant.hetu_lookup, applicant.person.hetu_lookup if applicant.person else None)
        if lookup is not None
    }
    require_no_conflict(staff, lookups.union(also))


def own_applications_among(staff: StaffMember, application_ids: Collection[UUID]) -> set[UUID]:
    return set(_conflicting(staff, application_ids).values_list("application_id", flat=True))


def references_shown_to(
    staff: StaffMember, application_ids: Collection[UUID]
) -> tuple[dict[UUID, str], set[UUID]]:
    """Give the references of applications, without those of the reader's own household, and the latter."""
    own = Q(pk__in=_conflicting(staff, application_ids).values("application_id"))
    held = Application.objects.filter(pk__in=application_ids)
    held_with_own = held.annotate(is_own=ExpressionWrapper(own, BooleanField()))
    rows = list(held_with_own.values_list("pk", "reference", "is_own"))
    references = {key: reference or "" for key, reference, is_own in rows if not is_own}
    return references, {key for key, _reference, is_own in rows if is_own}


def _conflicting(staff: StaffMember, application_ids: Collection[UUID]) -> QuerySet[Applicant]:
    own = conflicting_lookups(staff)
    # The few people first: a join would read the table of people.
    is_own = Q(hetu_lookup__in=own) | Q(person__in=Person.objects.filter(hetu_lookup__in=own))
    return Applicant.objects.filter(is_own, application_id__in=application_ids)


def record_protected_read(
    applicant: Applicant,
    *,
    what: Literal["case", "adult", "check", "contacts"],
    reason: AccessReason,
    actor: Actor,
    now: datetime,
) -> bool:
    if not is_protected(applicant):
        return False
    record(
        # An event of its own: supervisors look at these readings apart.
        EventKind.PROTECTED_READ,
        actor=actor,
        now=now,
        application_id=applicant.application_id,
        applicant_id=applicant.pk,
        what=what,
        reason=reason,
    )
    return True
