"""Queries of the event log for staff."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.evidence.events import EventKind
from kanssa.evidence.models import DECISIONS, DECISIONS_ON_AN_APPLICATION, PROTECTED, Event
from kanssa.evidence.record import explanation_on


def latest_actions(
    kinds: Collection[EventKind], *, application_id: UUID, since: datetime, excluding: UUID
) -> dict[UUID, datetime]:
    """Map each actor of such events on an application to the latest time; `excluding` is the asking clerk."""
    done = Event.objects.filter(application_id=application_id, kind__in=kinds, at__gt=since)
    pairs = done.exclude(actor_id=excluding).order_by("id").values_list("actor_id", "at")
    return {actor: at for actor, at in pairs if actor is not None}


@dataclass(frozen=True, slots=True)
class AccessEnding:
    """A clerk ended a slip (`slip` is its name) or closed a username; `because` is the reason's code."""

    at: datetime
    is_username: bool
    slip: str
    because: str


def access_endings_of(applicants_by_application: Collection[tuple[UUID, UUID]]) -> list[AccessEnding]:
    """List the slips and usernames ended for these (application, applicant) pairs, newest first."""
    applications, applicants = (
        {each for each, _applicant in applicants_by_application},
        {each for _application, each in applicants_by_application},
    )
    ended = Event.objects.filter(application_id__in=applications, applicant_id__in=applicants)
    kinds = (EventKind.ACTIVATION_CODE_ENDED, EventKind.ACCOUNT_CLOSED)
    return [
        AccessEnding(
            each.at, each.kind == EventKind.ACCOUNT_CLOSED, each.facts["slip"], each.facts["because"]
        )
        for each in ended.filter(kind__in=kinds).order_by("-id")
    ]


@dataclass(frozen=True, slots=True)
class ProtectedRead:
    """A member of the staff read a person's data under a non-disclosure order, or changed the order.

    `what` of a change is `recorded`, `ended` or `ended-by-guardian`.
    """

    event_id: int
    at: datetime
    staff_id: UUID | None
    application_id: UUID | None
    what: str
    reason: str


def protected_reads(*, before: int | None, at_most: int) -> list[ProtectedRead]:
    """List the latest such events before an event's id, newest first."""
    reads = Event.objects.filter(kind__in=PROTECTED).order_by("-id")
    # Keyset paging: ids grow, so no offset is needed.
    if before is not None:
        reads = reads.filter(id__lt=before)
    return [
        ProtectedRead(each.pk, each.at, each.actor_id, each.application_id, *_what_and_why(each))
        for each in reads[:at_most]
    ]


def _what_and_why(event: Event) -> tuple[str, str]:
    if event.kind != EventKind.NON_DISCLOSURE_RECORDED:
        return event.facts["what"], event.facts["reason"]
    ended = "ended-by-guardian" if event.facts.get("by_guardian") else "ended"
    return "recorded" if event.facts["is_protected"] else ended, event.facts.get("because", "")


@dataclass(frozen=True, slots=True)
class StaffDecision:
    """A decision of a member of the staff about a person on an application.

    `kind` is the event's, `code` its outcome (`accepted`, `died` …), `grounds` the code of its basis,
    and `words` the written explanation, where one was asked for.
    """

    event_id: int
    at: datetime
    kind: str
    staff_id: UUID | None
    application_id: UUID | None
    applicant_id: UUID | None
    code: str
    grounds: str
    words: str = field(repr=False)


def decisions(*, before: int | None, at_most: int) -> list[StaffDecision]:
    """List the latest decisions before an event's id, without words; newest first."""
    made = Event.objects.filter(kind__in=DECISIONS).order_by("-id")
    if before is not None:
        made = made.filter(id__lt=before)
    return [_decision(each, words="") for each in made[:at_most]]


def decisions_on(application_id: UUID) -> list[StaffDecision]:
    kinds = DECISIONS_ON_AN_APPLICATION
    made = Event.objects.filter(application_id=application_id, kind__in=kinds).order_by("-id")
    return [_decision(each, words=explanation_on(each)) for each in made.select_related("statement")]


def _decision(event: Event, *, words: str) -> StaffDecision:
    facts = event.facts
    return StaffDecision(
        event_id=event.pk,
        at=event.at,
        kind=event.kind,
        staff_id=event.actor_id,
        application_id=event.application_id,
        applicant_id=event.applicant_id,
        code=facts.get("outcome") or facts.get("because") or "",
        grounds=facts.get("grounds", ""),
        words=words,
    )
