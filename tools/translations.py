"""Translations into Finnish and Swedish: `python -m tools.translations update|compile|check`."""

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kanssa"
LOCALES = SOURCE / "locale"
LANGUAGES = ("fi", "sv")
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Includes the gaps of addresses, which are translated too.
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%([a-z])|\{(\w*)[^{}]*\}|<(?:\w+:)?\w+>")
# They would change with every run and every new version of Babel, without meaning.
_RESTLESS_HEADER = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version'
    rb"|Report-Msgid-Bugs-To|Last-Translator|Language-Team): [^\n]*\n",
    re.MULTILINE,
)
_SHOWN = 20


def update() -> int:
    template = _extracted()
    LOCALES.mkdir(exist_ok=True)
    _write(LOCALES / "django.pot", template)
    for language in LANGUAGES:
        catalog = _catalog(language)
        # A changed sentence is new: a guess would go unnoticed.
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _write(_po(language), catalog)
        missing = sum(1 for message in _messages(catalog) if not _is_translated(message))
        print(f"{language}: {len(catalog)} texts, {missing} to translate")
    return 0


def compile_catalogs() -> int:
    for language in LANGUAGES:
        po, mo = _po(language), _po(language).with_suffix(".mo")
        if not po.exists() or (mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime):
            continue
        # Atomic, even when two processes compile at once.
        unfinished = mo.with_name(f"{mo.name}.{os.getpid()}")
        with unfinished.open("wb") as file:
            write_mo(file, _catalog(language))
        unfinished.replace(mo)
    return 0


def check() -> int:
    template = _extracted()
    problems = [
        problem for language in LANGUAGES for problem in _problems(template, _catalog(language), language)
    ]
    for problem in problems[:_SHOWN]:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} in all. `make messages` takes new texts into the catalogs.", file=sys.stderr)
    return 1 if problems else 0


def _problems(template: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    for source in _messages(template):
        found = catalog.get(source.id, source.context)
        problem = _problem(source, found)
        if problem:
            text = source.id if isinstance(source.id, str) else source.id[0]
            places = ", ".join(f"kanssa/{path}:{line}" for path, line in source.locations[:1])
            yield f"{language}: {problem}: {text!r} ({places})"


def _problem(source: Message, found: Message | None) -> str | None:
    if found is None:
        return "missing"
    if not _is_translated(found):
        return "not translated"
    if found.fuzzy:
        return "marked fuzzy"
    if not _has_same_placeholders(source, found):
        return "placeholders differ"
    return None


def _has_same_placeholders(source: Message, found: Message) -> bool:
    # Of the plural forms, only the last must name every gap: "one day" needs no number.
    wanted = _placeholders(_forms(source.id)[-1])
    *others, last = _forms(found.string)
    return _placeholders(last) == wanted and all(_placeholders(other) <= wanted for other in others)


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _is_translated(message: Message) -> bool:
    return all(_forms(message.string))


def _messages(catalog: Catalog) -> Iterator[Message]:
    # Skip the header, which is the message with no id.
    return (message for message in catalog if message.id)


def _extracted() -> Catalog:
    with (ROOT / "tools" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(fuzzy=False, charset="utf-8")
    found = extract_from_dir(
        SOURCE, methods, options, keywords=_KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for path, line, text, comments, context in found:
        catalog.add(text, locations=[(path, line)], auto_comments=comments, context=context)
    return catalog


def _catalog(language: str) -> Catalog:
    po = _po(language)
    if not po.exists():
        return Catalog(locale=language, fuzzy=False, charset="utf-8")
    with po.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _write(path: Path, catalog: Catalog) -> None:
    catalog.header_comment = "# Made by `make messages`; the translations are written by people."
    catalog.fuzzy = False
    written = io.BytesIO()
    write_po(written, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_RESTLESS_HEADER.sub(b"", written.getvalue()))


def _po(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


_COMMANDS = {"update": update, "compile": compile_catalogs, "check": check}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.translations")
    parser.add_argument("command", choices=_COMMANDS)
    return _COMMANDS[parser.parse_args(arguments).command]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
