"""Propose applicants that a clerk may match to a person, and merge two people into one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kanssa.accounts.models import Account, ActivationCode
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts, name_in
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant, AskingRefusal, Confirmation, Seat, TermsAcceptance
from kanssa.applications.refusals import PersonKnown
from kanssa.applications.search.applicants import applicants_born_on
from kanssa.applications.states import ACTIVE_STATES
from kanssa.identification.models import Identification
from kanssa.identification.sessions import Identified
from kanssa.people.models import Person

_MOST = 5
_MOST_LOOKED_AT = 100


class TaskKind(StrEnum):
    OTHER_CODE = "other-code"
    OTHER_NAME = "other-name"
    NO_CODE = "no-code"
    CODE_LATER = "code-later"


def task_kind_of(applicant: Applicant, identified: Identified) -> TaskKind:
    if identified.hetu_lookup is None:
        return TaskKind.NO_CODE
    if applicant.hetu_lookup is None:
        return TaskKind.CODE_LATER
    is_same = bytes(applicant.hetu_lookup) == identified.hetu_lookup
    return TaskKind.OTHER_NAME if is_same else TaskKind.OTHER_CODE


def proposed_applicants(identified: Identified, *, sent_here: UUID | None, now: datetime) -> list[Applicant]:
    """Give the applicants that a person may claim if a clerk agrees; they are not shown before that.

    They match by the same code under another name, by name and birth date where either side has no code, or
    by an agreeing name in the browser that sent the application.
    """
    # Each candidate is loaded and opened, so a common birth date must not cost an unlimited time.
    found = []
    candidates = _candidates(identified, sent_here)[:_MOST_LOOKED_AT]
    keys = dict.fromkeys(each.application_id for each in candidates)
    applications = {each.application.pk: each for each in LoadedApplication.all_of(keys, now=now)}
    for applicant in candidates:
        application = applications[applicant.application_id]
        is_here = application.has_applicant(identified.person_id)
        if not is_here and _is_proposal(applicant, application.facts_of(applicant.pk), identified, sent_here):
            found.append(applicant)
    # A common name must not give a clerk a list of strangers.
    return found[:_MOST]


def merge_people(known: Person, other: Person) -> None:
    """Merge two rows into one person, who keeps the applicants and confirmations of the first.

    The identifiers of the other lead to the first from now on. The caller has locked both. Refuses:
    PersonKnown, if the other has anything of their own: staff sort that out first.
    """
    held = (Applicant.objects, Confirmation.objects, Seat.objects, Account.objects)
    if any(rows.filter(person=other).exists() for rows in held):
        raise PersonKnown
    # Two codes are two people, whatever else agrees.
    if known.hetu_lookup is not None and other.hetu_lookup is not None:
        raise PersonKnown
    # A version of the terms can be accepted once per person: duplicates stay with the other row.
    accepted = TermsAcceptance.objects.filter(person=known).values("terms")
    TermsAcceptance.objects.filter(person=other).exclude(terms__in=accepted).update(person=known)
    for rows in (Identification.objects, ActivationCode.objects):
        rows.filter(person=other).update(person=known)
    refused = AskingRefusal.objects.filter(person=known, asked_by__isnull=False).values("asked_by")
    AskingRefusal.objects.filter(person=other).exclude(asked_by__in=refused).update(person=known)
    AskingRefusal.objects.filter(asker=other).update(asker=known)
    known.take_identifiers_of(other)


def lookups_of(identification: Identification) -> list[bytes]:
    lookup = identification.person.hetu_lookup
    return [bytes(lookup)] if lookup else []


def _candidates(identified: Identified, sent_here: UUID | None) -> list[Applicant]:
    active = Applicant.objects.filter(
        removed_at__isnull=True, left_at__isnull=True, application__state__in=ACTIVE_STATES
    ).select_related("person")
    unclaimed = Applicant.objects.filter(person__isnull=True)
    # Apart, each by its index: OR between them would read the table.
    wanted = [unclaimed.filter(application_id=sent_here, is_main=True)] if sent_here else []
    if identified.hetu_lookup is not None:
        wanted.append(unclaimed.filter(hetu_lookup=identified.hetu_lookup))
    if identified.born is not None:
        wanted.append(applicants_born_on(identified.born))
    keys = [each.values("pk") for each in wanted]
    found = active.filter(pk__in=keys[0].union(*keys[1:])) if keys else active.none()
    return list(found.order_by("application_id", "position"))


def _is_proposal(applicant: Applicant, facts: Facts, identified: Identified, sent_here: UUID | None) -> bool:
    typed, proven = name_in(facts), identified.as_name
    has_code = identified.hetu_lookup is not None
    if applicant.person is not None:
        is_codeless = applicant.person.hetu_lookup is None
        return is_codeless and _was_born(facts, identified) and typed.is_on(proven)
    if (
        has_code
        and applicant.hetu_lookup is not None
        and bytes(applicant.hetu_lookup) == identified.hetu_lookup
    ):
        return True
    if applicant.is_main and applicant.application_id == sent_here and typed.agreement(proven).either:
        return True
    lacks_code = applicant.hetu_lookup is None or not has_code
    return lacks_code and _was_born(facts, identified) and typed.is_on(proven)


def _was_born(facts: Facts, identified: Identified) -> bool:
    return identified.born is not None and birth_date(facts) == identified.born
