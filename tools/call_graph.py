"""Find the use cases and jobs that lead to a function, by its plain calls in the source."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tools.source import members_in, trees

Function = tuple[str, str]
"""The path of a module below `kanssa/`, and a function of it."""

PASSAGES: dict[Function, str] = {
    ("applications/transitions/locking.py", "_load"): "time: the timers, or the next action",
    ("applications/transitions/saving.py", "save"): "any use case that saves an application",
    ("applications/aggregate/drafts.py", "delete_old_drafts"): "time: the hourly job",
    ("usecases/use_case.py", "record_refusal"): "any use case",
}
"""Functions that most use cases pass through, with the words that name these use cases."""


def functions_that_name(enum: str, member: str) -> list[Function]:
    """List the functions that pass a member of an enum on, or keep it; comparing it does not count.

    A function that uses a table of its module passes on what the table holds.
    """
    return _functions_by_member(enum)[member]


@cache
def _functions_by_member(enum: str) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = defaultdict(list)
    for path, function in _functions():
        passed_on = [each for node in ast.walk(function) for each in _passed_on(node)]
        members = [members_in(each, enum) | _held_by(path, each, enum) for each in passed_on]
        for member in set[str]().union(*members):
            found[member].append((path, function.name))
    return found


def entrances_to(functions: list[Function]) -> list[str]:
    seen, to_follow, found = set(functions), list(functions), set[str]()
    while to_follow:
        function = to_follow.pop()
        if function in PASSAGES:
            found.add(PASSAGES[function])
            continue
        if function[0].startswith("usecases/") and function[0].endswith(f"/{function[1]}.py"):
            found.add(function[1])
        new = _callers()[function] - seen
        seen |= new
        to_follow += new
    return sorted(found, key=lambda name: (" " in name, name))


def _passed_on(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call():
            # By keyword it is what something is looked up by.
            return [each for each in node.args if isinstance(each, ast.Attribute | ast.IfExp | ast.Subscript)]
        case ast.Assign():
            return [node.value] if isinstance(node.value, ast.Attribute) else []
    return []


def _held_by(path: str, node: ast.expr, enum: str) -> set[str]:
    match node:
        case ast.Subscript(value=ast.Name(id=table)):
            tables = [each for each in trees()[path].body if isinstance(each, ast.Assign)]
            named = [each for each in tables if ast.unparse(each.targets[0]) == table]
            return {member for each in named for member in members_in(each.value, enum)}
    return set()


@cache
def _callers() -> dict[Function, set[Function]]:
    callers: dict[Function, set[Function]] = defaultdict(set)
    for path, function in _functions():
        names = _names_in(path)
        for node in ast.walk(function):
            # A function that is passed on counts as called.
            if isinstance(node, ast.Name | ast.Attribute) and (called := names.get(ast.unparse(node))):
                callers[called].add((path, function.name))
    return callers


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path, tree in trees().items():
        yield from ((path, node) for node in tree.body if isinstance(node, ast.FunctionDef))


@cache
def _names_in(path: str) -> dict[str, Function]:
    known = {node.name: (path, node.name) for node in trees()[path].body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(trees()[path]):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kanssa"):
            for alias in node.names:
                known |= _imported(node.module or "", alias.name, alias.asname or alias.name)
    return known


def _imported(module: str, name: str, known_as: str) -> dict[str, Function]:
    path = _path_of(f"{module}.{name}")
    if path in trees():
        functions = (node for node in trees()[path].body if isinstance(node, ast.FunctionDef))
        return {f"{known_as}.{each.name}": (path, each.name) for each in functions}
    return {known_as: (_path_of(module), name)}


def _path_of(module: str) -> str:
    return module.removeprefix("kanssa.").replace(".", "/") + ".py"
