"""Draw `docs/states.md` from the closed table (`kanssa/applications/states.py`)."""

from collections.abc import Iterator

from kanssa.applications.powers.table import STATES_BY_ACTION
from kanssa.applications.states import (
    ACTIVE_STATES,
    ENDED_STATES,
    OF_MAIN_APPLICANT,
    TRANSITIONS,
    Action,
    State,
    TimedTransition,
)

_INTRODUCTION = """\
# The states of an application

Drawn from `TRANSITIONS` in `kanssa/applications/states.py` and from the table of powers
([powers.md](powers.md)) by `make docs`; `make check` compares them. The table is closed: what
it does not name is refused and changes nothing. Where two rows fit, the upper one holds.
"""


def render_states_page() -> str:
    return "\n".join(
        [_INTRODUCTION, *_diagram(), "", *_moves(), "", *_actions(), "", *_timed_transitions(), ""]
    )


def _diagram() -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2", f"    [*] --> {State.DRAFT}")
    yield from (f"    {move.source} --> {move.target}" for move in TRANSITIONS)
    going_on = {move.source for move in TRANSITIONS}
    yield from (f"    {state} --> [*]" for state in ENDED_STATES if state not in going_on)
    yield "```"


def _moves() -> Iterator[str]:
    yield from ("## Changes of state", "", "| from | to | when |", "|---|---|---|")
    yield from (f"| {move.source} | {move.target} | {move.when} |" for move in TRANSITIONS)


def _actions() -> Iterator[str]:
    yield from ("## Actions, and the states that allow them", "")
    yield f"| action | {' | '.join(State)} | while the main applicant's place is open |"
    yield f"|---|{'---|' * len(State)}---|"
    yield from (f"| {action} | {' | '.join(_marks(action))} | {_while_open(action)} |" for action in Action)


def _marks(action: Action) -> Iterator[str]:
    return ("yes" if state in STATES_BY_ACTION[action] else "–" for state in State)


def _while_open(action: Action) -> str:
    """Say whether an action waits while the place is open; one that only then exists is `only`."""
    if action is Action.ACCEPT_MAIN:
        return "only"
    return "–" if action in OF_MAIN_APPLICANT else "yes"


def _timed_transitions() -> Iterator[str]:
    yield from ("## Timed transitions", "")
    order = ", ".join(transition.replace("-", " ") for transition in TimedTransition)
    yield f"In {' and '.join(ACTIVE_STATES)} only; of one moment in this order: {order}."
