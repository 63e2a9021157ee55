"""What differs between two versions, old beside new, as people read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kanssa.applications.changes import Change
from kanssa.web.apply.steps import EXPECTING_STEP, HOME_STEP, KIND, NEED_STEP, WISHES_STEP
from kanssa.web.shown import is_hidden, shown

_TITLES = {
    "application": KIND.title,
    "expecting": EXPECTING_STEP.title,
    "home": HOME_STEP.title,
    "need": NEED_STEP.title,
    "wishes": WISHES_STEP.title,
}

Answer = str | list[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question with its former and its present answer; what was or is not given is empty."""

    label: str | Promise
    before: Answer
    after: Answer


@dataclass(frozen=True, slots=True)
class Differences:
    """All of one person, or of one subject."""

    title: str | Promise
    rows: tuple[Difference, ...]


class Asked(StrEnum):
    """Whom a change asks to confirm (DOMAIN, rule 2)."""

    NOBODY = "nobody"
    YOU = "you"
    SOME = "some"
    ALL = "all"


def differences(changes: Iterable[Change], *, own: UUID) -> list[Differences]:
    """The changes, grouped by whose they are; `own` is the reader's place."""
    return [
        Differences(_title(section, key, found[0].name, own), tuple(_difference(each) for each in found))
        for (section, key), group in groupby(changes, key=lambda change: (change.section, change.id))
        if (found := list(group))
    ]


def whom_it_asks(changes: Sequence[Change], *, own: UUID) -> tuple[Asked, list[str]]:
    """Whom saving these changes asks, and the names of those where it is some."""
    material = [change for change in changes if change.is_material]
    if not material:
        return Asked.NOBODY, []
    if any(change.section != "adults" or change.field is None for change in material):
        return Asked.ALL, []
    names = {change.id: change.name for change in material}
    return (Asked.YOU, []) if names.keys() == {own} else (Asked.SOME, list(names.values()))


def _title(section: str, key: UUID | None, name: str, own: UUID) -> str | Promise:
    if section == "residents":
        return _("Also moves in: %(name)s") % {"name": name}
    if section == "adults":
        return _("Your own details") if key == own else name
    return _TITLES[section]


def _difference(change: Change) -> Difference:
    if change.field is None:
        joins = change.before is None
        words = (_("No"), _("Yes")) if joins else (_("Yes"), _("No"))
        return Difference(_("On the application"), *words)
    before, after = _answer(change, change.before), _answer(change, change.after)
    if before == after and is_hidden(change.field):
        after = _("%(code)s (another one)") % {"code": after}
    return Difference(change.field.label, before, after)


def _answer(change: Change, answer: object) -> Answer:
    return "" if answer is None or change.field is None else shown(change.field, answer)
