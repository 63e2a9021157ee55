"""The life of one application for an operator: states, events and messages, without personal data.

A row shows times, kinds and stable codes only. An adult is a number in the order of the application.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Application
from kanssa.applications.states import State
from kanssa.calendar.days import HELSINKI
from kanssa.evidence.models import Event
from kanssa.messages.models import Message

_STATE_AFTER: Mapping[str, State] = {
    "draft-begun": State.DRAFT,
    "sent": State.SENT,
    "fell-back": State.SENT,
    "withdrawn": State.WITHDRAWN,
    "housed": State.HOUSED,
    "clock-falls-back": State.SENT,
    "clock-expires": State.EXPIRED,
    "clock-lapses": State.LAPSED,
}
"""The state after an event that does not name it itself."""

_SHOWN_FACTS = ("state", "outcome", "topic", "delivery", "reason", "about")
_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
"""A stable code, and no text that a person wrote."""

_HEADS_OF_ADULTS = ("adult", "role", "identified", "by", "confirmed")
_HEADS_OF_MESSAGES = ("written", "topic", "adult", "cause", "delivery", "why", "tries", "last")

Row = Sequence[str]


def story_of(reference: str, *, now: datetime) -> Iterator[str]:
    key = Application.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if key is None:
        return
    loaded = LoadedApplication.of(key, now=now)
    events = list(Event.objects.filter(application_id=key).order_by("id"))
    messages = Message.objects.filter(application_id=key).order_by("written_at", "pk").defer("sealed")
    numbers = _numbers(loaded)
    yield f"Application {reference}"
    yield from _table(_current(loaded), indent=2)
    yield from _section("Adults", _HEADS_OF_ADULTS, _adults(loaded, numbers))
    yield from _section("States", ("since", "state"), _states(events, loaded))
    yield from _section("Events", ("at", "event", "by", "adult", "facts"), _events(events, numbers))
    yield from _section("Messages", _HEADS_OF_MESSAGES, (_message(message, numbers) for message in messages))


def _current(loaded: LoadedApplication) -> Iterator[Row]:
    application = loaded.application
    yield "state", loaded.state.value
    yield "begun", _time(application.begun_at)
    yield "sent", _time(application.sent_at)
    waits = " (a change waits)" if loaded.has_waiting_version else ""
    yield "version", f"{loaded.current.version.number}{waits}"
    yield "confirm by", _time(application.confirm_by)
    yield "valid until", _time(application.valid_until)
    yield "ended", _time(application.ended_at)
    yield "next timer", _time(application.due_at)


def _numbers(loaded: LoadedApplication) -> dict[UUID | None, str]:
    in_order = sorted(loaded.all_applicants.values(), key=lambda each: (each.position, str(each.pk)))
    return {applicant.pk: str(number) for number, applicant in enumerate(in_order, start=1)}


def _adults(loaded: LoadedApplication, numbers: Mapping[UUID | None, str]) -> Iterator[Row]:
    for key, number in numbers.items():
        applicant = loaded.all_applicants[key] if key else None
        if applicant is None:
            continue
        is_here = applicant.pk in loaded.applicants
        given = loaded.confirmation_of(applicant.pk) if is_here else None
        yield (
            number,
            ("main" if applicant.is_main else "co-applicant") if is_here else "removed",
            _time(applicant.identified_at),
            applicant.identification.method if applicant.identification else "",
            _time(given.confirmed_at) if given else "",
        )


def _states(events: Iterable[Event], loaded: LoadedApplication) -> Iterator[Row]:
    last = None
    for event in events:
        state = event.facts.get("state") or _STATE_AFTER.get(event.kind)
        if state and state != last:
            last = str(state)
            yield _time(_moment_of(event)), last
    if last != loaded.state.value:
        yield "now", loaded.state.value


def _moment_of(event: Event) -> datetime:
    # Timed transitions are recorded later than they happened.
    at = event.facts.get("at") if event.kind.startswith("clock-") else None
    return datetime.fromisoformat(at) if at else event.at


def _events(events: Iterable[Event], numbers: Mapping[UUID | None, str]) -> Iterator[Row]:
    for event in events:
        shown = [f"{name}={event.facts[name]}" for name in _SHOWN_FACTS if _is_code(event.facts.get(name))]
        adult = numbers.get(event.applicant_id, "")
        yield _time(event.at), event.kind, event.actor_kind, adult, ", ".join(shown)


def _is_code(fact: object) -> bool:
    return isinstance(fact, str) and _CODE.fullmatch(fact) is not None


def _message(message: Message, numbers: Mapping[UUID | None, str]) -> Row:
    return (
        _time(message.written_at),
        message.topic,
        numbers.get(message.applicant_id, ""),
        _cause(message),
        message.delivery,
        message.failure,
        str(message.attempts),
        _last_time(message),
    )


def _cause(message: Message) -> str:
    # Ids follow the first word, and after `clock` a transition that time alone brought.
    cause, _, rest = message.cause.partition(":")
    words = f"{cause} clock" if rest.startswith("clock:") else cause
    return words if _is_code(cause) else ""


def _last_time(message: Message) -> str:
    if message.send_at is not None:
        return f"leaves {_time(message.send_at)}"
    if message.failed_at is not None:
        return f"given up {_time(message.failed_at)}"
    return f"sent {_time(message.sent_at)}" if message.sent_at else ""


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(HELSINKI):%Y-%m-%d %H:%M}" if moment else "-"


def _section(title: str, heads: Row, rows: Iterable[Row]) -> Iterator[str]:
    found = list(rows)
    yield ""
    yield f"{title}: {len(found)}"
    if found:
        yield from _table([heads, *found], indent=2)


def _table(rows: Iterable[Row], *, indent: int) -> Iterator[str]:
    found = list(rows)
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    for row in found:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{' ' * indent}{cells}".rstrip()
