"""Check that everything named in the documentation exists, and that drawn pages are current.

Run `python -m tools.docs check`, or `make docs` to draw the pages again.
"""

import argparse
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from tools.data_model_page import render_data_model_page
from tools.events_page import render_events_page
from tools.messages_page import render_messages_page
from tools.powers_page import render_powers_page
from tools.refusals_page import render_refusals_page
from tools.settings_page import render_settings_page
from tools.states_page import render_states_page

ROOT = Path(__file__).resolve().parent.parent
_DRAWN: dict[str, Callable[[], str]] = {
    "data-model.md": render_data_model_page,
    "events.md": render_events_page,
    "messages.md": render_messages_page,
    "powers.md": render_powers_page,
    "refusals.md": render_refusals_page,
    "settings.md": render_settings_page,
    "states.md": render_states_page,
}
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
# Several targets may follow one `make`, with settings between them.
_MAKE = re.compile(r"(?:^|(?<=[\s;&|(`]))make((?:[ \t]+[\w./=:-]+)+)", re.MULTILINE)
_TARGETS = re.compile(r"^([\w-]+(?: [\w-]+)*):(?!=)", re.MULTILINE)
_MODULE = re.compile(r"\bpython[\d.]*\s+-m\s+([\w.]+)")
_LINK = re.compile(r"""\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s+(\S+)|\b(?:src|href)="([^"]+)\"""", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|/", re.IGNORECASE)
# Pip comes with Python and is left out of our own .venv.
_NOT_OURS = {"pip"}


def check() -> int:
    """Print everything that is named but missing; return 1 if there is any."""
    problems = [f"{page.relative_to(ROOT)}: {problem}" for page in _pages() for problem in _problems(page)]
    for name, render in _DRAWN.items():
        page = ROOT / "docs" / name
        if not page.exists() or page.read_text("utf-8") != render():
            problems.append(f"docs/{name} is not what the code says: make docs")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _pages() -> list[Path]:
    named = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    return [*(page for page in named if page.exists()), *sorted((ROOT / "docs").rglob("*.md"))]


def _problems(page: Path) -> Iterator[str]:
    text = page.read_text()
    code = "\n".join(_CODE.findall(text))
    yield from (f"`make {name}` is not in the Makefile" for name in _made(code) if name not in _targets())
    yield from (f"`python -m {name}` does not exist" for name in _MODULE.findall(code) if not _runs(name))
    yield from (
        f"{link} leads nowhere" for link in _links(_CODE.sub("", text)) if not _leads_somewhere(page, link)
    )


def _made(code: str) -> Iterator[str]:
    for words in _MAKE.findall(code):
        yield from (word for word in words.split() if "=" not in word and not word.startswith("-"))


def _targets() -> set[str]:
    found = _TARGETS.findall((ROOT / "Makefile").read_text())
    return {name for names in found for name in names.split()}


def _runs(module: str) -> bool:
    if module in _NOT_OURS:
        return True
    with suppress(ModuleNotFoundError):
        spec = importlib.util.find_spec(module)
        # A package runs only with a `__main__`.
        if spec is None or spec.submodule_search_locations is None:
            return spec is not None
        return importlib.util.find_spec(f"{module}.__main__") is not None
    return False


def _links(prose: str) -> Iterator[str]:
    for found in _LINK.findall(prose):
        link = "".join(found)
        if not _ELSEWHERE.match(link):
            yield link


def _leads_somewhere(page: Path, link: str) -> bool:
    target = (page.parent / unquote(link.partition("#")[0])).resolve()
    return target.exists() and target.is_relative_to(ROOT)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.docs")
    parser.add_argument("command", choices=["check", "draw"])
    if parser.parse_args(arguments).command == "draw":
        for name, render in _DRAWN.items():
            (ROOT / "docs" / name).write_text(render(), "utf-8")
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
