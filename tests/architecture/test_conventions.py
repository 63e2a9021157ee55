"""Conventions of the code, as tests."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

KANSSA = Path(__file__).parents[2] / "kanssa"
PURE = [
    *(KANSSA / "values").rglob("*.py"),
    *(KANSSA / "answers").glob("*.py"),
    *(KANSSA / "calendar").glob("*.py"),
    *(KANSSA / "applications" / "content" / "form").glob("*.py"),
    *(KANSSA / "identification" / "methods").rglob("*.py"),
    *[
        KANSSA / "applications" / "content" / f"{name}.py"
        for name in ("content", "differences", "digests", "validation")
    ],
    KANSSA / "applications" / "states.py",
    *(KANSSA / "applications" / "powers").glob("*.py"),
]
USE_CASES = [path for path in (KANSSA / "usecases").glob("*/**/*.py") if path.stem != "__init__"]
TEMPLATES = sorted((KANSSA / "web" / "templates").rglob("*.html"))


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_pure_modules_import_no_database_request_or_settings(path):
    for module in imports_of(path):
        assert not module.startswith(("django.db", "django.http", "django.conf", "django.contrib"))


@pytest.mark.parametrize("path", USE_CASES, ids=lambda path: path.stem)
def test_a_use_case_is_one_public_function_named_as_its_file_with_keyword_arguments_only(path):
    functions = [
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]

    [action] = functions
    names = {argument.arg for argument in action.args.kwonlyargs}
    assert action.name == path.stem
    assert not action.args.args
    assert "now" in names
    assert ast.get_docstring(action)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_script_and_no_style_of_its_own(path):
    text = path.read_text("utf-8")

    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_line_over_200_characters(path):
    for line in path.read_text("utf-8").splitlines():
        assert len(line) <= 200, line


ENTRANCES = ("web", "worker", "ops")
ASKS_THE_TIME = {("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
ASKS_THE_TIME |= {("time", "time"), ("timezone", "localdate"), ("timezone", "localtime")}


# Keys have validity times in real time; they are read once, at start.
READ_AT_START = {KANSSA / "identification/methods/oidc/__init__.py"}


def test_one_module_reads_the_clock_and_only_entrances_call_it():
    asking = {
        path.relative_to(KANSSA).as_posix(): path
        for path in KANSSA.rglob("*.py")
        if path.stem != "clock" and path not in READ_AT_START and is_about_the_time(path)
    }

    assert not [name for name, path in asking.items() if asks_the_time(path)]
    assert {name.split("/")[0] for name in asking} <= {*ENTRANCES, "wsgi.py"}


def is_about_the_time(path):
    return asks_the_time(path) or "kanssa.clock" in set(names_imported_by(path))


def asks_the_time(path):
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in ASKS_THE_TIME
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def names_imported_by(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module or ""


def test_no_module_is_named_utils_helpers_or_the_like():
    module_names = {path.stem for path in KANSSA.rglob("*") if path.is_dir() or path.suffix == ".py"}

    assert not module_names & {"utils", "helpers", "common", "misc", "services"}


def test_no_folder_holds_more_than_twenty_modules():
    modules = Counter(path.parent for path in KANSSA.rglob("*.py") if path.stem != "__init__")

    # Migrations are a history: it only grows, and no one looks for a place in it.
    rooms = {folder.name: count for folder, count in modules.items() if folder.name != "migrations"}
    assert {name: count for name, count in rooms.items() if count > 20} == {}


def test_no_file_in_kanssa_is_longer_than_400_lines():
    long = [path.name for path in KANSSA.rglob("*.py") if len(path.read_text("utf-8").splitlines()) > 400]

    assert long == []
