"""Draw `docs/powers.md` from the closed table of powers (`kanssa/applications/powers`)."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kanssa.applications.powers.power import (
    ANY_STATE,
    MADE_VALID,
    WHEN_MAIN_PLACE_OPENS,
    WHEN_REMOVED,
    Grant,
    Holder,
    Paper,
    Power,
)
from kanssa.applications.powers.table import GROUPS
from kanssa.applications.states import Action, State
from kanssa.messages.topics import Topic
from tools.source import in_code, trees

_INTRODUCTION = """\
# Powers: who may do what, and who learns of it

Drawn from `kanssa/applications/powers` by `make docs`; `make check` compares them. The table
is closed: an action, a holder or a state that it does not name is refused, and changes nothing. Each use case
names its row, and is refused to any other kind of actor before anything is read.

How to read a row:

- **May** names each holder, and the part of the application that they may change. Every person acts for
  themselves only, online or served by a clerk in their presence; the clerk never acts against that person.
- **While** names the states ([states.md](states.md)).
- **Told** names every message, its channel and its recipients. All messages are e-mails, written in the
  transaction of the action, and each is described in [messages.md](messages.md). For an adult without
  e-mail a clerk prints a letter instead of `received`, `invitation`, `change` or `all_confirmed`. “No one”
  means that no message leaves and no paper is handed over.
- **Others see** is what each other adult can see of it afterwards, on pages, in messages and on paper.

For every row:

- Of another adult each adult sees the name, “given” or “missing” in place of all other answers, and whether
  that adult’s confirmation is done or missing. No page, message, paper or answer tells that, when or how
  another adult has identified, declined, visited the desk, opened a username or read a message.
- An address that only another adult typed receives invitations and what follows from them, the same
  whatever its person has done, and no notice about a person’s identification, confirmation or username.
- After a password alone nothing is done: an action needs strong identification, an activation code or a
  clerk.
- Staff act only outside their own household, and every action of theirs leaves an event with its actor.
- An action that makes the application valid has further consequences; they are the same for every action, and
  are listed [below](#when-an-action-makes-the-application-valid).
"""


def render_powers_page() -> str:
    used_by = use_cases_by_action()
    sections = [line for name, rows in GROUPS.items() for line in _group(name, rows.items(), used_by)]
    return "\n".join([_INTRODUCTION, *_overview(), "", *sections, *_consequences(), ""])


def use_cases_by_action() -> dict[str, list[str]]:
    """Map the name of each action to the use cases whose decorator names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, action in powers_of_use_cases().items():
        if action:
            found[action].append(name)
    return found


def powers_of_use_cases() -> dict[str, str | None]:
    """Map each use case to the action that its decorator names, or to None."""
    return {
        node.name: _named_power(node)
        for path, tree in trees().items()
        if path.startswith("usecases/") and "/" in path.removeprefix("usecases/")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and path.endswith(f"/{node.name}.py")
    }


def _named_power(function: ast.FunctionDef) -> str | None:
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Name(id="use_case" | "by_power"),
                args=[ast.Attribute(value=ast.Name(id="Action"), attr=name)],
            ):
                return name
    return None


def _overview() -> Iterator[str]:
    """One line an action: who may, and whether anyone is told."""
    yield from ("## At a glance", "", "| action | holders | told |", "|---|---|---|")
    for rows in GROUPS.values():
        for action, power in rows.items():
            holders = dict.fromkeys(each.holder.words for each in power.grants)
            told = "yes" if power.tells or power.topics else "–"
            yield f"| [{action}](#{_anchor(action)}) | {'; '.join(holders)} | {told} |"


def _group(name: str, rows: Iterable[tuple[Action, Power]], used_by: dict[str, list[str]]) -> Iterator[str]:
    yield from (f"## {name}", "")
    for action, power in rows:
        yield from _row(action, power, used_by)


def _row(action: Action, power: Power, used_by: dict[str, list[str]]) -> Iterator[str]:
    yield from (f"### {_title(action)}", "", "- **May:**")
    yield from (f"  - {_grant(each)}" for each in power.grants)
    yield f"- **While:** {_states(power.states)}."
    told = [_told(each) for each in power.tells] + _further(power)
    if told:
        yield "- **Told:**"
        yield from (f"  - {each}" for each in told)
    else:
        yield "- **Told:** no one."
    yield f"- **Others see:** {power.others_see}"
    yield from (f"- **Use cases:** {in_code(sorted(used_by.get(action.name, [])))}.", "")


def _grant(grant: Grant) -> str:
    limit = f": {grant.limit}" if grant.limit else ""
    return f"{grant.holder.words}, on {grant.part}{limit}."


def _states(states: frozenset[State]) -> str:
    return "any state" if states == ANY_STATE else ", ".join(each for each in State if each in states)


def _told(each: Topic | Paper) -> str:
    if isinstance(each, Paper):
        return f"on paper: {each}."
    return f"by e-mail `{each}`: {each.recipients}. {each.when}"


def _further(power: Power) -> list[str]:
    further = []
    if power.can_make_valid:
        further.append(
            "if it makes the application valid: see [below](#when-an-action-makes-the-application-valid)."
        )
    if power.can_remove:
        further += [f"if it leaves an adult on no version, {_told(topic)}" for topic in WHEN_REMOVED]
    if power.can_open_main_place:
        opens = "if the main applicant’s place is open afterwards"
        further += [f"{opens}, {_told(topic)}" for topic in WHEN_MAIN_PLACE_OPENS]
    return further


def _consequences() -> Iterator[str]:
    yield from (
        "## When an action makes the application valid",
        "",
        "Every adult of the current version then holds an active confirmation of it. The confirmations that",
        "these adults hold in other applications of the series end; the other adults there may go on without",
        "them.",
        "",
        "- **Told:**",
    )
    yield from (f"  - {_told(topic)}" for topic in MADE_VALID)
    yield (
        "- **Others see:** on this application, the state “valid” and its last day; on the others, “missing” "
        "in place of “done”. Never the application for which a confirmation ended."
    )


def _title(action: Action) -> str:
    return action[0].upper() + action[1:]


def _anchor(action: Action) -> str:
    kept = (each for each in action.lower() if each.isalnum() or each in " -")
    return "".join(kept).replace(" ", "-")


def holders_without_a_row() -> set[Holder]:
    named = {each.holder for rows in GROUPS.values() for power in rows.values() for each in power.grants}
    return set(Holder) - named
