"""`docs/states.md`, drawn from the closed table (`kanssa/applications/states.py`)."""

from collections.abc import Iterator

from kanssa.applications.states import DEEDS, ENDED, LIVING, MOVES, Deed, State, Turn

_INTRODUCTION = """\
# The states of an application

Drawn from `MOVES` and `DEEDS` in `kanssa/applications/states.py` by `python -m tools.docs draw`;
`make check` holds it true. The table is closed: what it does not name is refused and changes nothing.
Where two rows fit, the upper one holds.
"""


def drawn() -> str:
    """Give the whole page."""
    return "\n".join([_INTRODUCTION, *_diagram(), "", *_moves(), "", *_deeds(), "", *_turns(), ""])


def _diagram() -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2", f"    [*] --> {State.DRAFT}")
    yield from (f"    {move.source} --> {move.target}" for move in MOVES)
    going_on = {move.source for move in MOVES}
    yield from (f"    {state} --> [*]" for state in ENDED if state not in going_on)
    yield "```"


def _moves() -> Iterator[str]:
    yield from ("## Changes of state", "", "| from | to | when |", "|---|---|---|")
    yield from (f"| {move.source} | {move.target} | {move.when} |" for move in MOVES)


def _deeds() -> Iterator[str]:
    yield from ("## Deeds, and the states in which they exist", "")
    yield f"| deed | {' | '.join(State)} |"
    yield f"|---|{'---|' * len(State)}"
    yield from (f"| {deed} | {' | '.join(_marks(deed))} |" for deed in Deed)


def _marks(deed: Deed) -> Iterator[str]:
    return ("yes" if state in DEEDS[deed] else "–" for state in State)


def _turns() -> Iterator[str]:
    yield from ("## What the clock alone does", "")
    order = ", ".join(turn.replace("-", " ") for turn in Turn)
    yield f"In {' and '.join(LIVING)} only; of one moment in this order: {order}."
