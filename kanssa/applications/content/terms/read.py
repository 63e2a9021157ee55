import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of the terms, named by the day from which it is in force (ISO date).

    `texts` are paragraphs by language.
    """

    version: str
    texts: dict[str, tuple[str, ...]]

    @property
    def in_force_from(self) -> date:
        return date.fromisoformat(self.version)

    def paragraphs(self, language: str) -> tuple[str, ...]:
        return self.texts[language]

    def digest(self, language: str) -> bytes:
        return hashlib.sha256("\n\n".join(self.paragraphs(language)).encode()).digest()


def terms_in_force(on: date) -> Terms:
    return max((terms for terms in _all() if terms.in_force_from <= on), key=lambda terms: terms.version)


@cache
def _all() -> tuple[Terms, ...]:
    # Files, not rows: an operator adds a version with a release, and old texts never change.
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".toml"))
    return tuple(_read(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in files)


def _read(version: str, text: str) -> Terms:
    languages = tomllib.loads(text)
    return Terms(version, {language: tuple(given["paragraphs"]) for language, given in languages.items()})
