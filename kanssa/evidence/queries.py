"""What of the event log the staff look back at."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.evidence.models import DECISIONS, Event
from kanssa.evidence.record import explanation_on

_RECORDED = "protection-recorded"
_CLOSED = "account-closed"


def latest_actions(
    kinds: Collection[str], *, application_id: UUID, since: datetime, excluding: UUID
) -> dict[UUID, datetime]:
    """Who did one of these with an application since then, and when last; `excluding` is who asks."""
    done = Event.objects.filter(application_id=application_id, kind__in=kinds, at__gt=since)
    pairs = done.exclude(actor_id=excluding).order_by("id").values_list("actor_id", "at")
    return {actor: at for actor, at in pairs if actor is not None}


@dataclass(frozen=True, slots=True)
class AccessEnding:
    """A clerk ended a slip (its name) or closed a username, and the code of why."""

    at: datetime
    is_username: bool
    slip: str
    because: str


def access_endings_of(places: Collection[tuple[UUID, UUID]]) -> list[AccessEnding]:
    """What was ended of somebody in their places, told by application and applicant; newest first."""
    applications, applicants = {each for each, _place in places}, {each for _application, each in places}
    ended = Event.objects.filter(application_id__in=applications, applicant_id__in=applicants)
    return [
        AccessEnding(each.at, each.kind == _CLOSED, each.facts["slip"], each.facts["because"])
        for each in ended.filter(kind__in=("slip-ended", _CLOSED)).order_by("-id")
    ]


@dataclass(frozen=True, slots=True)
class ProtectedRead:
    """Somebody of the staff looked at a person whose details are not to be disclosed.

    Or recorded (`what` is `recorded`) or ended (`ended`, `ended-by-guardian`) that it is so.
    """

    event_id: int
    at: datetime
    staff_id: UUID | None
    application_id: UUID | None
    what: str
    reason: str


def protected_reads(*, before: int | None, at_most: int) -> list[ProtectedRead]:
    """Give what was done about protected people last, before an event's id; newest first."""
    reads = Event.objects.filter(kind__in=("protected-read", _RECORDED)).order_by("-id")
    if before is not None:
        reads = reads.filter(id__lt=before)
    return [
        ProtectedRead(each.pk, each.at, each.actor_id, each.application_id, *_what_and_why(each))
        for each in reads[:at_most]
    ]


def _what_and_why(event: Event) -> tuple[str, str]:
    if event.kind != _RECORDED:
        return event.facts["what"], event.facts["reason"]
    ended = "ended-by-guardian" if event.facts.get("by_guardian") else "ended"
    return "recorded" if event.facts["is_protected"] else ended, event.facts.get("because", "")


@dataclass(frozen=True, slots=True)
class StaffDecision:
    """Somebody of the staff decided something of a person on an application.

    `kind` is the event's; `code` what it came to (`accepted`, `died` …), `grounds` on what it rests,
    `words` what they wrote, where that was asked for.
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
    """Give what was decided last, before an event's id, without words; newest first."""
    made = Event.objects.filter(kind__in=DECISIONS).order_by("-id")
    if before is not None:
        made = made.filter(id__lt=before)
    return [_decision(each, words="") for each in made[:at_most]]


def decisions_on(application_id: UUID) -> list[StaffDecision]:
    """Give all that was decided of people on an application, with the words; newest first."""
    made = Event.objects.filter(application_id=application_id, kind__in=DECISIONS).order_by("-id")
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
