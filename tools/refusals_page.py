"""Draw `docs/refusals.md` from all subclasses of `Refusal`."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache

from django.utils import translation

from kanssa.values.refusal import Refusal
from tools.service import set_up
from tools.source import cell, trees

_INTRODUCTION = """\
# The refusals

Drawn from the subclasses of `Refusal` (`kanssa/values/refusal.py`) by `make docs`; `make
check` compares them. A refusal is an answer; any other exception is a bug. Programs and tests depend on
the code; people read the sentence, translated. The last column names the modules that raise the refusal,
or choose it.
"""


def render_refusals_page() -> str:
    return "\n".join([_INTRODUCTION, *_table(), ""])


def _table() -> Iterator[str]:
    yield from ("| code | status | sentence | raised in |", "|---|---|---|---|")
    with translation.override("en"):
        for refusal in sorted(all_refusals(), key=lambda each: each.code):
            places = "<br>".join(f"`{path}`" for path in modules_that_raise(refusal))
            yield f"| `{refusal.code}` | {refusal.status} | {cell(str(refusal.reason))} | {places} |"


def all_refusals() -> list[type[Refusal]]:
    set_up()
    for path, tree in trees().items():
        if _imports_refusal(tree):
            importlib.import_module("kanssa." + path.removesuffix(".py").replace("/", "."))
    return list(_below(Refusal))


def modules_that_raise(refusal: type[Refusal]) -> list[str]:
    return [path for path, names in _raised_names().items() if refusal.__name__ in names]


@cache
def _raised_names() -> dict[str, set[str]]:
    names = {}
    for path, tree in trees().items():
        nodes = list(ast.walk(tree))
        aside = {id(each) for node in nodes for part in _not_raising(node) if part for each in ast.walk(part)}
        names[path] = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in aside}
    return names


def _not_raising(node: ast.AST) -> list[ast.expr | None]:
    parts: list[ast.expr | None] = []
    match node:
        case ast.ExceptHandler(type=caught):
            parts = [caught]
        case ast.ClassDef(bases=bases):
            parts = [*bases]
        case ast.Call(func=ast.Name(id="isinstance" | "suppress"), args=args):
            parts = [*args]
        case ast.Compare(left=left, comparators=others):
            parts = [left, *others]
        case ast.AnnAssign(annotation=annotation):
            parts = [annotation]
        case ast.Dict(keys=keys):
            parts = [*keys]
        case ast.Assign(value=ast.Tuple() as caught_together):
            parts = [caught_together]
        case ast.FunctionDef(returns=returns):
            parts = [returns]
    return parts


def _imports_refusal(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "kanssa.values.refusal" for node in ast.walk(tree)
    )


def _below(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in base.__subclasses__():
        # Tests define refusals of their own.
        if each.__module__.startswith("kanssa."):
            yield each
        yield from _below(each)
