"""Queries of the event log for staff."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.evidence.events import EventKind
from kanssa.evidence.models import DECISIONS, DECISIONS_ON_AN_APPLICATION, PROTECTED, Event
from kanssa.evidence.record import explanation_on


@dataclass(frozen=True, slots=True)
class AccessEnding:
    """A clerk ended a slip (`slip` is its name) or closed a username; `because` is the reason's code."""

    at: datetime
    is_username: bool
    slip: str
    because: str


ACCESS_ENDED = (EventKind.ACTIVATION_CODE_ENDED.value, EventKind.ACCOUNT_CLOSED.value)


def access_ending(event: Event) -> AccessEnding:
    """Read an event of a kind among `ACCESS_ENDED`."""
    is_username = event.kind == EventKind.ACCOUNT_CLOSED
    return AccessEnding(event.at, is_username, event.facts["slip"], event.facts["because"])


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
