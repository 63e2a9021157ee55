"""Draw `docs/events.md` from the kinds of events (`kanssa/evidence/events.py`)."""

from collections import defaultdict
from collections.abc import Iterator

from kanssa.evidence.events import EventKind
from tools.call_graph import entrances_to, functions_that_name
from tools.source import calls_of, in_code, members_in, trees

_INTRODUCTION = """\
# The events of the log

Drawn from `EventKind` in `kanssa/evidence/events.py` by `make docs`; `make check` compares
them. An action leaves its events in its own transaction; a refusal leaves one after the rollback. A row
holds the time, the actor, the application and the applicant where there is one, and the facts named here:
ids, digests and stable codes, never a name, an address or an identity code. Rows are never changed, so
stored names keep older words. The last column names the use cases that can record the event, found by
their calls.
"""
_ALL = {"actor", "now", "application_id", "applicant_id", "words"}


def render_events_page() -> str:
    return "\n".join([_INTRODUCTION, *_table(), ""])


def _table() -> Iterator[str]:
    yield from ("| event | what it records | facts | use cases |", "|---|---|---|---|")
    for kind in EventKind:
        facts = in_code(sorted(kind.facts))
        recorders = entrances_to(functions_that_name("EventKind", kind.name))
        yield f"| `{kind}` | {kind.sentence} | {facts} | {in_code(recorders)} |"


def recorded_facts() -> dict[str, set[str]]:
    """Map each kind that `record` is called with to the facts that all its calls give together."""
    facts: dict[str, set[str]] = defaultdict(set)
    for path, call in calls_of("record"):
        # A kind that is looked up in a table: the kinds of that module.
        kinds = members_in(call.args[0], "EventKind") or members_in(trees()[path], "EventKind")
        for kind in kinds:
            facts[kind] |= {keyword.arg for keyword in call.keywords if keyword.arg} - _ALL
    return facts
