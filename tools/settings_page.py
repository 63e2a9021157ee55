"""Draw `docs/settings.md` from the variables that `kanssa/settings.py` reads, each with its meaning below."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tools.source import cell, trees

_INTRODUCTION = """\
# The settings

Drawn from `kanssa/settings.py` by `make docs`; `make check` compares them. All come from the
environment. A missing one without a default stops the start with its name, and so does one out of its range.
A production refuses to start with what is unsafe, and names each fault with its cure.
"""
_VARIABLE = re.compile(r"(?:KANSSA|REHEARSAL)_[A-Z_]+|DATABASE_URL")
_READERS = {"os.environ", "os.getenv"}
_KINDS = {
    "bool": "`1` or `0`",
    "dj_db_url": "URL",
    "float": "number",
    "int": "whole number",
    "list": "list",
    "path": "path",
    "str": "text",
    "timedelta": "seconds",
}
COMMAND_VARIABLES = {
    "KANSSA_SERVICE_PASSWORD": "The password that `roles` gives the service's database role.",
    "KANSSA_READER_PASSWORD": "The password that `roles` gives the reader's database role.",
}
"""Variables that one command reads, not the settings (`kanssa/ops/management/commands/roles.py`)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment. `default` and `allowed` are written for people, in Markdown."""

    name: str
    kind: str
    default: str
    allowed: str
    meaning: str


def render_settings_page() -> str:
    return "\n".join([_INTRODUCTION, *_table(), "", *_commands(), ""])


def _table() -> Iterator[str]:
    yield from ("| variable | kind | default | range | meaning |", "|---|---|---|---|---|")
    for each in settings():
        yield f"| `{each.name}` | {each.kind} | {each.default} | {each.allowed} | {each.meaning} |"


def _commands() -> Iterator[str]:
    yield from ("## Variables of one command", "", "| variable | meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in COMMAND_VARIABLES.items())


def settings() -> list[Setting]:
    """List the variables in the order of the file. Raises ValueError where one has no meaning below it."""
    body = trees()["settings.py"].body
    found = []
    for place, statement in enumerate(body):
        calls = list(_reads_in(statement))
        if len(calls) > 1:
            raise ValueError(f"kanssa/settings.py:{statement.lineno}: read one variable in a statement")
        found += [_setting(call, _meaning_below(body, place)) for call in calls]
    return found


def unlisted_variables() -> set[str]:
    named = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value)
    }
    return named - {each.name for each in settings()} - COMMAND_VARIABLES.keys()


def modules_that_read_the_environment() -> set[str]:
    return {
        path
        for path, tree in trees().items()
        if any(ast.unparse(node) in _READERS for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    }


def _reads_in(statement: ast.stmt) -> Iterator[ast.Call]:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env"))):
                yield node


def _meaning_below(body: list[ast.stmt], place: int) -> str:
    match body[place + 1]:
        case ast.Expr(value=ast.Constant(value=str(meaning))):
            return cell(meaning)
    raise ValueError(f"kanssa/settings.py:{body[place].lineno}: say below what the variable means")


def _setting(call: ast.Call, meaning: str) -> Setting:
    kind = _KINDS[ast.unparse(call.func).removeprefix("env.")]
    default = _default(call.args[1], meaning) if len(call.args) > 1 else "required"
    ranges = [_range(keyword.value) for keyword in call.keywords if keyword.arg == "validate"]
    return Setting(ast.literal_eval(call.args[0]), kind, default, " ".join(ranges), meaning)


def _default(node: ast.expr, meaning: str) -> str:
    match node:
        case ast.Constant(value=None | ""):
            return "–"
        case ast.Constant(value=value):
            return f"`{int(value) if isinstance(value, bool) else value}`"
        case ast.BoolOp(values=[_, ast.Constant(value=value)]):
            return f"`{value}`; more in a rehearsal"
        case ast.Call(func=ast.Name(id="timedelta"), keywords=units):
            given = {unit.arg: ast.literal_eval(unit.value) for unit in units if unit.arg}
            return f"`{timedelta(**given) // timedelta(seconds=1)}`"
    if "default" not in meaning:
        raise ValueError(f"kanssa/settings.py:{node.lineno}: say below what the default is")
    return "see there"


def _range(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id="Range"), args=[lowest]):
            return f"{ast.unparse(lowest)} or more"
        case ast.Call(func=ast.Name(id="Range"), args=[lowest, highest]):
            return f"{ast.unparse(lowest)} to {ast.unparse(highest)}"
        case ast.Call(func=ast.Name(id="OneOf"), args=[ast.List(elts=choices)]):
            return ", ".join(f"`{ast.literal_eval(each)}`" for each in choices)
        case ast.Call(func=ast.Name(id="Regexp"), args=[ast.Constant(value=pattern)]):
            return f"`{cell(str(pattern))}`"
    raise ValueError(f"kanssa/settings.py:{node.lineno}: an unknown kind of range")
