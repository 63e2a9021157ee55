"""Read the source of the service: its files as syntax trees, and who uses a name."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KANSSA = ROOT / "kanssa"


@cache
def trees() -> dict[str, ast.Module]:
    """Map each module's path below `kanssa/` to its syntax tree, in order of the paths; no migrations."""
    paths = [path for path in sorted(KANSSA.rglob("*.py")) if "migrations" not in path.parts]
    return {path.relative_to(KANSSA).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def calls_of(function: str) -> Iterator[tuple[str, ast.Call]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield path, node


def members_in(node: ast.AST, enum: str) -> set[str]:
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == enum
    }


def in_code(names: Iterable[str]) -> str:
    """Write names in backticks for a cell of a table; words that hold a space stay as they are."""
    return ", ".join(name if " " in name else f"`{name}`" for name in names)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
