"""The answers about the household that one person typed: no one else assures them (DOMAIN, rule 9)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.models import Version

_SHARED = ("kind", "language")
"""Answers of the section `application` that are the household's, as the wishes are."""

_Answer = tuple[str, str, str]


def typed_household_of(loaded: LoadedApplication, person_id: UUID) -> Content:
    """Give the current content without the answers and residents that another person typed.

    The wishes are shared and stay. A version by the sending browser or at the desk counts as the sender's.
    """
    content, authors = loaded.current.content, _authors(loaded)

    def own(section: str, facts: Facts) -> Facts:
        return {
            name: value
            for name, value in facts.items()
            if authors.get(_answer(section, name, value)) == person_id
        }

    shared = {name: value for name, value in content.application.items() if name in _SHARED}
    return replace(
        content,
        application=own("application", content.application) | shared,
        home=own("home", content.home),
        need=own("need", content.need),
        expecting=own("expecting", content.expecting),
        residents={
            key: kept for key, facts in content.residents.items() if (kept := own(f"resident:{key}", facts))
        },
    )


def _authors(loaded: LoadedApplication) -> dict[_Answer, UUID | None]:
    """Give who typed each answer of the newest version; one that was gone in between is typed again."""
    sender = next(each.person_id for each in loaded.all_applicants.values() if each.position == 0)
    versions = Version.objects.filter(application=loaded.application).prefetch_related("parts")
    authors: dict[_Answer, UUID | None] = {}
    for version in versions.order_by("number"):
        author = version.made_by_id if version.made_by_kind == "person" else sender
        answers = _answers(VersionView.read(version).content)
        authors = {answer: authors.get(answer, author) for answer in answers}
    return authors


def _answers(content: Content) -> Iterator[_Answer]:
    sections = {
        "application": content.application,
        "home": content.home,
        "need": content.need,
        "expecting": content.expecting,
        **{f"resident:{key}": facts for key, facts in content.residents.items()},
    }
    for section, facts in sections.items():
        for name, value in facts.items():
            yield _answer(section, name, value)


def _answer(section: str, name: str, value: Any) -> _Answer:
    return section, name, json.dumps(value, sort_keys=True)
