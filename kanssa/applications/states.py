"""The states of an application: a function of deeds and clock, in a closed table. Pure.

`docs/states.md` is drawn from `MOVES` and `DEEDS`; what they do not name is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """DOMAIN, Life of an application. The last five are ended ones."""

    DRAFT = "draft"
    SENT = "sent"
    VALID = "valid"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    HOUSED = "housed"


LIVING = (State.SENT, State.VALID)
ENDED = (State.EXPIRED, State.LAPSED, State.WITHDRAWN, State.REPLACED, State.HOUSED)


class Deed(StrEnum):
    """What people, staff and programs do to an application."""

    SEND = "send"
    CONFIRM = "confirm"
    EDIT = "edit"
    CORRECT = "correct own details"
    RENEW = "renew"
    DISCARD = "discard the waiting change"
    RESEND = "resend an invitation"
    NOT_FOR_ME = "“not for me”"
    DECLINE = "decline"
    WITHDRAW_CONFIRMATION = "withdraw one’s own confirmation"
    WITHDRAW = "withdraw the application"
    RECORD_DEPARTURE = "record a death or departure"
    UNDO_DEPARTURE = "take back a death or departure"
    ANNUL = "annul a confirmation"
    REPORT_LEASE = "report a signed lease"
    COPY = "copy into a new draft"


DEEDS: Mapping[Deed, frozenset[State]] = {
    Deed.SEND: frozenset({State.DRAFT}),
    Deed.CONFIRM: frozenset(LIVING),
    Deed.EDIT: frozenset(LIVING),
    Deed.CORRECT: frozenset(LIVING),
    Deed.RENEW: frozenset(LIVING),
    Deed.DISCARD: frozenset(LIVING),
    Deed.RESEND: frozenset(LIVING),
    Deed.NOT_FOR_ME: frozenset(LIVING),
    Deed.DECLINE: frozenset(LIVING),
    Deed.WITHDRAW_CONFIRMATION: frozenset(LIVING),
    Deed.WITHDRAW: frozenset(LIVING),
    Deed.RECORD_DEPARTURE: frozenset(LIVING),
    Deed.UNDO_DEPARTURE: frozenset((*LIVING, *ENDED)),
    Deed.ANNUL: frozenset((*LIVING, *ENDED)),
    Deed.REPORT_LEASE: frozenset({State.VALID}),
    Deed.COPY: frozenset(ENDED),
}
"""The states in which each deed exists."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: a change of state, and when it happens."""

    source: State
    target: State
    when: str


MOVES = (
    Move(State.DRAFT, State.SENT, "the main applicant sends; version 1"),
    Move(
        State.SENT,
        State.VALID,
        "every adult of the standing version holds a living confirmation of it: the last one confirmed, "
        "or an edit was taken back",
    ),
    Move(State.VALID, State.HOUSED, "the downstream system reports a signed lease"),
    Move(
        State.SENT,
        State.WITHDRAWN,
        "the main applicant withdraws it, identified or (before anybody has identified) in the sending "
        "browser; or a clerk for a person present",
    ),
    Move(State.VALID, State.WITHDRAWN, "as from sent"),
    Move(
        State.SENT,
        State.REPLACED,
        "every adult had confirmed, and each lost that confirmation to another application becoming valid",
    ),
    Move(State.VALID, State.REPLACED, "as from sent"),
    Move(
        State.VALID,
        State.SENT,
        "a living confirmation that carried it ends (withdrawn, annulled, used elsewhere, 12 months old), or "
        "valid_until passes while a newer version waits; a fresh 30 days",
    ),
    Move(State.VALID, State.EXPIRED, "valid_until has passed and no newer version waits"),
    Move(State.SENT, State.EXPIRED, "the waiting version is discarded after the confirmed one’s valid_until"),
    Move(State.SENT, State.LAPSED, "the time to confirm is over"),
    Move(
        State.REPLACED,
        State.VALID,
        "what ended it is annulled, it still has time, and its adults are not valid elsewhere",
    ),
    Move(State.REPLACED, State.SENT, "as to valid, but not everybody’s confirmation lives again"),
)
"""The closed table. Where two rows fit, the upper one holds."""


@dataclass(frozen=True, slots=True)
class Life:
    """What the state hangs on. Times are aware; a time to the end of a day is its midnight.

    `ended_as`: what a deed or the clock ended it as. `all_lost_to_another`: every adult had
    confirmed, and each lost it to another application. `is_carried`: every adult of the version
    that was confirmed holds a living confirmation of it. `has_waiting`: a newer version stands.
    `has_run_out`: the confirmed version's time passed while a newer one waited. `valid_until` is
    None where it never was valid, or lost a confirmation that carried it.
    `confirm_by` is the time of the standing version where it is not confirmed.
    `confirmation_ends` is when the first of the living confirmations grows too old.
    """

    sent_at: datetime | None = None
    ended_as: State | None = None
    all_lost_to_another: bool = False
    is_carried: bool = False
    has_waiting: bool = False
    has_run_out: bool = False
    confirm_by: datetime | None = None
    valid_until: datetime | None = None
    confirmation_ends: datetime | None = None

    @property
    def is_in_validity(self) -> bool:
        """Whether a confirmed version carries it, as far as deeds go."""
        return self.is_carried and self.valid_until is not None and not self.has_run_out


def state_of(life: Life, *, now: datetime) -> State:  # noqa: PLR0911 one answer a row
    """Derive the state; of a life whose turns up to `now` were taken (`next_turn`)."""
    if life.sent_at is None:
        return State.DRAFT
    if life.ended_as is not None:
        return life.ended_as
    if life.all_lost_to_another:
        return State.REPLACED
    if life.is_in_validity and life.valid_until is not None and now < life.valid_until:
        return State.VALID
    if life.is_carried and life.valid_until is not None and not life.has_waiting:
        return State.EXPIRED
    if life.confirm_by is not None and now >= life.confirm_by:
        return State.LAPSED
    return State.SENT


class Turn(StrEnum):
    """What the clock alone does, in the order in which turns of one moment are taken."""

    CONFIRMATION_ENDS = "confirmation-ends"
    FALLS_BACK = "falls-back"
    EXPIRES = "expires"
    CHANGE_LAPSES = "change-lapses"
    LAPSES = "lapses"


_ORDER = tuple(Turn)


def next_turn(life: Life) -> tuple[datetime, Turn] | None:
    """When the clock next changes something, and what; None when it never does."""
    if life.sent_at is None or life.ended_as is not None or life.all_lost_to_another:
        return None
    return min(_turns(life), key=lambda turn: (turn[0], _ORDER.index(turn[1])), default=None)


def _turns(life: Life) -> list[tuple[datetime, Turn]]:
    turns = [(life.confirmation_ends, Turn.CONFIRMATION_ENDS)]
    if not life.is_in_validity:
        turns += [(life.confirm_by, Turn.LAPSES)]
    elif life.has_waiting:
        turns += [(life.valid_until, Turn.FALLS_BACK), (life.confirm_by, Turn.CHANGE_LAPSES)]
    else:
        turns += [(life.valid_until, Turn.EXPIRES)]
    return [(moment, turn) for moment, turn in turns if moment is not None]
