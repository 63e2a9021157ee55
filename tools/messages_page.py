"""Draw `docs/messages.md` from the topics (`kanssa/messages/topics.py`) and their texts."""

import importlib
from collections.abc import Iterator

from kanssa.messages.topics import Topic
from tools.call_graph import entrances_to, functions_that_name
from tools.service import set_up
from tools.source import in_code

_INTRODUCTION = """\
# The messages

Drawn from `Topic` in `kanssa/messages/topics.py` by `make docs`; `make check` compares
them. A message holds first names, the reference, dates and what to do, nothing else about a person. It is
queued in the transaction of its cause, and one cause queues it once. Applicants can cause a repeatable
message again and again: it is paced, and a newer one takes the turn of one that waits
([operations.md](operations.md)). The use cases that can queue a message are found by their calls.
"""


def render_messages_page() -> str:
    return "\n".join([_INTRODUCTION, *_table(), ""])


def _table() -> Iterator[str]:
    yield "| topic | when | to | repeatable | queued by | text |"
    yield "|---|---|---|---|---|---|"
    modules = text_modules()
    for topic in Topic:
        repeats = "yes" if topic.is_repeatable else "–"
        by = in_code(entrances_to(functions_that_name("Topic", topic.name)))
        yield f"| `{topic}` | {topic.when} | {topic.recipients} | {repeats} | {by} | `{modules[topic]}` |"


def text_modules() -> dict[Topic, str]:
    set_up()
    texts = importlib.import_module("kanssa.worker.emails.texts")
    return {topic: text.__module__.rpartition(".")[2] + ".py" for topic, text in texts.TEXTS.items()}
