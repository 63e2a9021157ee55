"""Find discouraged words in code, docs and English texts: `make check-language`.

The list keeps the language plain; CONTRIBUTING.md says what to write instead. Text in backticks is
skipped.
"""

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

DISCOURAGED = {
    r"\banew\b": "again",
    r"\bno more\b": "no longer",
    r"\bdeeds?\b": "action",
    r"\bwhom\b": "name the role: applicant, clerk, person",
    r"\bwhoever\b": "name the role: applicant, clerk, person",
    r"\bsomebody\b": "name the role: a person, an applicant, a clerk",
    r"\bnobody\b": "no person, no applicant, no clerk",
    r"\b(?:rest|lean)s? on\b": "depend on",
    r"\bput(?:ting)? right\b": "correct",
    r"\btaken for\b": "mistaken for, treated as",
    r"\btold of\b": "notified about",
    r"\bstanding\b": "current, status",
    r"\bheirs?\b": "successor",
    r"\bspoilt\b": "locked",
    r"(?:^|[.:;!?] )(?:Who|Whose|What) (?!(?:is|are|was|can|does|do|did|to) [^.:;]*\?)[^.:;?]*[.:;]": (
        "begin with the subject or the verb"
    ),
}
"""Each with its replacement. The last one: a clause as a subject (`Who comes back sees …`)."""

_IN_NAMES = frozenset({"anew", "deed", "deeds", "whom", "whoever", "somebody", "nobody", "heir", "spoilt"})
_WORDS = [(re.compile(pattern, re.IGNORECASE if pattern.startswith(r"\b") else 0), instead)
          for pattern, instead in DISCOURAGED.items()]  # fmt: skip
_QUOTED = re.compile(r"`[^`]*`|```.*?```", re.DOTALL)
_SHOWN = re.compile(r"\{%\s*trans[^%]*%\}(.*?)\{%\s*endtrans|_\(\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_CODE = ("kanssa/", "rehearsal/", "bench/", "tools/", "tests/")
# docs/domain.md keeps the wording of the specification, which comments cite.
_NOT_READ = ("/migrations/", "tools/language.py", "docs/decisions/", "docs/domain.md", "/node_modules/")


@dataclass(frozen=True, slots=True)
class Finding:
    """A discouraged word, and its replacement."""

    path: str
    line: int
    found: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.found!r}: {self.instead}"


def main() -> int:
    findings = [
        finding for path in _paths() for finding in findings_in(path, (ROOT / path).read_text("utf-8"))
    ]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def _paths() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 git is found by its name
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [path for path in listed.stdout.splitlines() if not any(part in path for part in _NOT_READ)]
    return [path for path in paths if _is_read(path)]


def _is_read(path: str) -> bool:
    if path.endswith(".py"):
        return path.startswith(_CODE)
    return path.endswith((".md", ".html")) and not path.startswith("tests/")


def findings_in(path: str, text: str) -> Iterator[Finding]:
    if path.endswith(".py"):
        yield from _in_python(path, text)
    elif path.endswith(".html"):
        for shown in _SHOWN.finditer(text):
            yield from _in_text(path, text.count("\n", 0, shown.start()) + 1, shown[1] or shown[2] or "")
    else:
        yield from _in_text(path, 1, _QUOTED.sub(_blank, text))


def _in_python(path: str, text: str) -> Iterator[Finding]:
    at_start = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            for word in _IN_NAMES.intersection(token.string.lower().split("_")):
                yield Finding(path, token.start[0], token.string, f"a name without {word!r}")
        elif token.type == tokenize.COMMENT or (
            token.type == tokenize.STRING and _is_read_by_people(token, at_start)
        ):
            yield from _in_text(path, token.start[0], _QUOTED.sub(_blank, token.string.strip("#\"' ")))
        # A string after any of these is a docstring, or a line of a table.
        at_start = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL)


def _is_read_by_people(token: tokenize.TokenInfo, at_start: bool) -> bool:  # noqa: FBT001 the tokenizer's state
    return at_start or f"_({token.string}" in token.line


def _in_text(path: str, line: int, text: str) -> Iterator[Finding]:
    for pattern, instead in _WORDS:
        for found in pattern.finditer(text):
            at = line + text.count("\n", 0, found.start())
            yield Finding(path, at, found.group().strip()[:60], instead)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


if __name__ == "__main__":
    sys.exit(main())
