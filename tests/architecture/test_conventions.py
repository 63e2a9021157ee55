"""Conventions of the code, as tests."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "kanssa"
PURE = [
    *(HOUSE / "values").rglob("*.py"),
    *(HOUSE / "answers").glob("*.py"),
    *(HOUSE / "calendar").glob("*.py"),
    *(HOUSE / "applications" / "content" / "form").glob("*.py"),
    *(HOUSE / "identification" / "methods").rglob("*.py"),
    *[
        HOUSE / "applications" / "content" / f"{name}.py"
        for name in ("content", "differences", "digests", "validation")
    ],
    HOUSE / "applications" / "states.py",
]
USE_CASES = [path for path in (HOUSE / "usecases").glob("*/**/*.py") if path.stem != "__init__"]
TEMPLATES = sorted((HOUSE / "web" / "templates").rglob("*.html"))


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_what_is_pure_knows_no_database_request_or_setting(path):
    for module in imports_of(path):
        assert not module.startswith(("django.db", "django.http", "django.conf", "django.contrib"))


@pytest.mark.parametrize("path", USE_CASES, ids=lambda path: path.stem)
def test_a_use_case_is_one_public_function_named_as_its_file_that_takes_everything_by_name(path):
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
def test_a_template_needs_no_script_and_no_style_of_its_own(path):
    text = path.read_text("utf-8")

    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)


ENTRANCES = ("web", "worker", "ops")
ASKS_THE_TIME = {("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
ASKS_THE_TIME |= {("time", "time"), ("timezone", "localdate"), ("timezone", "localtime")}


# Keys have a life in the real time; they are read once, at start.
READ_AT_START = {HOUSE / "identification/methods/oidc/__init__.py"}


def test_one_place_says_what_time_it_is_and_the_entrances_alone_ask_it():
    asking = {
        path.relative_to(HOUSE).as_posix(): path
        for path in HOUSE.rglob("*.py")
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


def test_no_room_without_a_subject():
    rooms = {path.stem for path in HOUSE.rglob("*") if path.is_dir() or path.suffix == ".py"}

    assert not rooms & {"utils", "helpers", "common", "misc", "services"}


def test_no_folder_holds_more_than_twenty_modules():
    modules = Counter(path.parent for path in HOUSE.rglob("*.py") if path.stem != "__init__")

    assert {folder.name: count for folder, count in modules.items() if count > 20} == {}


def test_no_file_of_the_house_is_longer_than_one_subject():
    long = [path.name for path in HOUSE.rglob("*.py") if len(path.read_text("utf-8").splitlines()) > 400]

    assert long == []
