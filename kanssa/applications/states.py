"""The states of an application: a function of actions and time, in a closed table. Pure.

The table is closed for changes of state; `docs/states.md` is drawn from it and from
`kanssa/applications/powers`.
"""

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
    """Every action in the life of an application; its row in `kanssa/applications/powers` says the rest."""

    START = "start a draft"
    SAVE_DRAFT = "type answers into the form"
    MAIL_DRAFT_LINK = "have a link to the draft mailed"
    RESUME_DRAFT = "continue the draft of a mailed link"
    SEND = "send"
    CLAIM = "identify, and take the place that waits for one"
    REQUEST_MATCH = "ask a clerk to be matched to an application"
    CONFIRM = "confirm"
    EDIT = "edit"
    CORRECT = "correct own details"
    RESOLVE_PROPOSAL = "accept or reject what the main applicant proposes about oneself"
    RENEW = "renew"
    DISCARD = "discard the waiting change"
    RESEND = "resend an invitation"
    RETRY_ADDRESS = "say that an address is right, and have it tried again"
    NOT_FOR_ME = "“not for me”"
    DECLINE = "decline"
    ALLOW_ASKING = "take back the wish not to be asked again"
    WITHDRAW_CONFIRMATION = "withdraw one’s own confirmation"
    ACKNOWLEDGE_CHANGES = "say that one has read changed wishes"
    WITHDRAW = "withdraw the application"
    IDENTIFY_AT_DESK = "identify a person at the desk"
    REQUEST_DECISION = "ask a supervisor to decide, or to annul"
    DECIDE_MATCH = "decide whether an identified person is the named adult"
    RECORD_CODE = "record an identity code received since"
    RECORD_CONTACT = "record a contact with the advice service"
    RECORD_NON_DISCLOSURE = "record a non-disclosure order, or its end"
    ISSUE_CODE = "issue an activation code"
    CLOSE_ACCOUNT = "end a slip, or remove a username"
    LEAVE = "leave the application"
    CONTINUE = "continue without the adults who left"
    ACCEPT_MAIN = "accept the main applicant’s place"
    EXTEND_TIME = "extend the time to confirm"
    UNDO_LAPSE = "undo a lapse"
    RECORD_DEPARTURE = "record a death or departure"
    UNDO_DEPARTURE = "take back a death or departure"
    RELEASE = "undo a wrong match"
    ANNUL = "annul a confirmation"
    ANNUL_CHECK = "annul a desk identification"
    DECIDE_CHECK = "answer a clerk’s request"
    REVIEW_CHECK = "review a desk identification"
    ASK_ACCOUNT_LINK = "ask for a username, or for a new password"
    OPEN_ACCOUNT = "open or move a username with an activation code"
    CHANGE_PASSWORD = "change the password of one’s own username"  # noqa: S105 an action, no password
    PROTECT_ACCOUNT = "set up or remove a second factor of one’s own username"
    RESET_PASSWORD = "set a new password by a mailed link"  # noqa: S105 an action, no password
    REPORT_LEASE = "report a signed lease"
    COPY = "copy into a new draft"
    PASS_TIME = "let time bring what is due"  # noqa: S105 an action, no password
    REVIVE_REPLACED = "let what a removed adult’s confirmation had replaced count again"
    MEASURE_OUTAGE = "measure an outage of ours or of a broker"
    RECORD_BOUNCE = "record a mail server’s answer"
    RENEW_LINK = "replace a link that ended while its message waited"
    COPY_OWN_PART = "copy one’s own part after leaving or being removed"


OF_MAIN_APPLICANT = frozenset(
    {Action.EDIT, Action.RENEW, Action.DISCARD, Action.RESEND, Action.WITHDRAW, Action.CONTINUE}
)
"""Not allowed while the main applicant's place is open: the application waits until an adult accepts it."""


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
        "the main applicant withdraws it, identified or (before the main applicant has identified) in the "
        "sending browser, or a clerk for a person present, while no other adult has an active confirmation; "
        "or the last adult leaves",
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
        return self.is_carried and self.valid_until is not None and not self.has_run_out


def state_of(life: StateInputs, *, now: datetime) -> State:  # noqa: PLR0911 one answer a row
    """Derive the state, after all timed transitions up to `now` were applied (`next_timed_transition`)."""
    if life.sent_at is None:
        return State.DRAFT
    if life.ended_as is not None:
        # A stored end stays, whatever the confirmations say.
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
        # At the same moment the order of the table decides.
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
