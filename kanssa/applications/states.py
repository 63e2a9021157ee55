"""The states of an application: a function of actions and time, in a closed table. Pure.

`docs/states.md` is drawn from `TRANSITIONS` and `STATES_BY_ACTION`; what they do not name is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """DOMAIN, Life of an application. The last five are ended states."""

    DRAFT = "draft"
    SENT = "sent"
    VALID = "valid"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    HOUSED = "housed"


ACTIVE_STATES = (State.SENT, State.VALID)
ENDED_STATES = (State.EXPIRED, State.LAPSED, State.WITHDRAWN, State.REPLACED, State.HOUSED)


class Action(StrEnum):
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
    ACKNOWLEDGE_CHANGES = "say that one has read changed wishes"
    WITHDRAW = "withdraw the application"
    EXTEND_TIME = "extend the time to confirm"
    UNDO_LAPSE = "undo a lapse"
    RECORD_DEPARTURE = "record a death or departure"
    UNDO_DEPARTURE = "take back a death or departure"
    ANNUL = "annul a confirmation"
    REPORT_LEASE = "report a signed lease"
    COPY = "copy into a new draft"
    COPY_OWN_PART = "copy one’s own part after leaving or being removed"


STATES_BY_ACTION: Mapping[Action, frozenset[State]] = {
    Action.SEND: frozenset({State.DRAFT}),
    Action.CONFIRM: frozenset(ACTIVE_STATES),
    Action.EDIT: frozenset(ACTIVE_STATES),
    Action.CORRECT: frozenset(ACTIVE_STATES),
    Action.RENEW: frozenset(ACTIVE_STATES),
    Action.DISCARD: frozenset(ACTIVE_STATES),
    Action.RESEND: frozenset(ACTIVE_STATES),
    Action.NOT_FOR_ME: frozenset(ACTIVE_STATES),
    Action.DECLINE: frozenset(ACTIVE_STATES),
    Action.WITHDRAW_CONFIRMATION: frozenset(ACTIVE_STATES),
    Action.ACKNOWLEDGE_CHANGES: frozenset(ACTIVE_STATES),
    Action.WITHDRAW: frozenset(ACTIVE_STATES),
    Action.EXTEND_TIME: frozenset(ACTIVE_STATES),
    Action.UNDO_LAPSE: frozenset({State.LAPSED}),
    Action.RECORD_DEPARTURE: frozenset(ACTIVE_STATES),
    Action.UNDO_DEPARTURE: frozenset((*ACTIVE_STATES, *ENDED_STATES)),
    Action.ANNUL: frozenset((*ACTIVE_STATES, *ENDED_STATES)),
    Action.REPORT_LEASE: frozenset({State.VALID}),
    Action.COPY: frozenset(ENDED_STATES),
    Action.COPY_OWN_PART: frozenset((*ACTIVE_STATES, *ENDED_STATES)),
}
"""The states in which each action is allowed."""


@dataclass(frozen=True, slots=True)
class Transition:
    source: State
    target: State
    when: str


TRANSITIONS = (
    Transition(State.DRAFT, State.SENT, "the main applicant sends; version 1"),
    Transition(
        State.SENT,
        State.VALID,
        "every adult of the current version has an active confirmation of it: the last one confirmed, "
        "or an edit was taken back",
    ),
    Transition(State.VALID, State.HOUSED, "the downstream system reports a signed lease"),
    Transition(
        State.SENT,
        State.WITHDRAWN,
        "the main applicant withdraws it, identified or (before anybody has identified) in the sending "
        "browser; or a clerk for a person present",
    ),
    Transition(State.VALID, State.WITHDRAWN, "as from sent"),
    Transition(
        State.SENT,
        State.REPLACED,
        "every adult had confirmed, and each lost that confirmation to another application becoming valid",
    ),
    Transition(State.VALID, State.REPLACED, "as from sent"),
    Transition(
        State.VALID,
        State.SENT,
        "an active confirmation that carried it ends (withdrawn, annulled, used elsewhere, 12 months old), "
        "or valid_until passes while a newer version waits; a fresh 30 days",
    ),
    Transition(State.VALID, State.EXPIRED, "valid_until has passed and no newer version waits"),
    Transition(
        State.SENT, State.EXPIRED, "the waiting version is discarded after the confirmed one’s valid_until"
    ),
    Transition(State.SENT, State.LAPSED, "the time to confirm is over"),
    Transition(State.LAPSED, State.SENT, "a supervisor undoes a lapse through our fault; a few more days"),
    Transition(
        State.REPLACED,
        State.VALID,
        "what ended it is annulled, or its person was removed there or left; it still has time, and its "
        "adults are not valid elsewhere",
    ),
    Transition(State.REPLACED, State.SENT, "as to valid, but not every adult’s confirmation is active again"),
)
"""The closed table. Where two rows fit, the upper one holds."""


@dataclass(frozen=True, slots=True)
class StateInputs:
    """The inputs of the state. Times are aware; a time to the end of a day is the midnight after it.

    `ended_as`: as an action or a timed transition ended it. `all_lost_to_another`: every adult had
    confirmed, and each lost it to another application. `is_carried`: every adult of the confirmed version
    has an active confirmation of it. `has_waiting_version`: the current version is newer than the confirmed
    one. `has_run_out`: the confirmed version's validity passed while a newer one waited. `valid_until` is
    None where it never was valid, or lost a confirmation that carried it. `confirm_by` is for the current
    version while it is not confirmed. `confirmation_ends` is when the first active confirmation becomes too
    old.
    """

    sent_at: datetime | None = None
    ended_as: State | None = None
    all_lost_to_another: bool = False
    is_carried: bool = False
    has_waiting_version: bool = False
    has_run_out: bool = False
    confirm_by: datetime | None = None
    valid_until: datetime | None = None
    confirmation_ends: datetime | None = None

    @property
    def is_in_validity(self) -> bool:
        """Whether a confirmed version carries it, apart from the time."""
        return self.is_carried and self.valid_until is not None and not self.has_run_out


def state_of(life: StateInputs, *, now: datetime) -> State:  # noqa: PLR0911 one answer a row
    """Derive the state, after all timed transitions up to `now` were applied (`next_timed_transition`)."""
    if life.sent_at is None:
        return State.DRAFT
    if life.ended_as is not None:
        return life.ended_as
    if life.all_lost_to_another:
        return State.REPLACED
    if life.is_in_validity and life.valid_until is not None and now < life.valid_until:
        return State.VALID
    if life.is_carried and life.valid_until is not None and not life.has_waiting_version:
        return State.EXPIRED
    if life.confirm_by is not None and now >= life.confirm_by:
        return State.LAPSED
    return State.SENT


class TimedTransition(StrEnum):
    """A change that time alone causes, in the order in which those of one moment are applied.

    `extends` takes the place of a lapse when an outage fell on its last day.
    """

    CONFIRMATION_ENDS = "confirmation-ends"
    FALLS_BACK = "falls-back"
    EXPIRES = "expires"
    CHANGE_LAPSES = "change-lapses"
    LAPSES = "lapses"
    EXTENDED = "extends"


# Ends of confirmations first: they decide whether the application still is in validity.
_ORDER = tuple(TimedTransition)


def next_timed_transition(life: StateInputs) -> tuple[datetime, TimedTransition] | None:
    """Give when time next changes something, and how; None when it never does."""
    if life.sent_at is None or life.ended_as is not None or life.all_lost_to_another:
        return None
    return min(
        _timed_transitions(life),
        key=lambda transition: (transition[0], _ORDER.index(transition[1])),
        default=None,
    )


def _timed_transitions(life: StateInputs) -> list[tuple[datetime, TimedTransition]]:
    timed_transitions = [(life.confirmation_ends, TimedTransition.CONFIRMATION_ENDS)]
    if not life.is_in_validity:
        timed_transitions += [(life.confirm_by, TimedTransition.LAPSES)]
    elif life.has_waiting_version:
        timed_transitions += [
            (life.valid_until, TimedTransition.FALLS_BACK),
            (life.confirm_by, TimedTransition.CHANGE_LAPSES),
        ]
    else:
        timed_transitions += [(life.valid_until, TimedTransition.EXPIRES)]
    return [(moment, transition) for moment, transition in timed_transitions if moment is not None]
