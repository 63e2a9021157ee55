"""Show the differences between two versions, old beside new."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kanssa.applications.content.differences import Change
from kanssa.web.form.display import display_answer, is_masked
from kanssa.web.form.steps import EXPECTING_STEP, HOME_STEP, KIND, NEED_STEP, WISHES_STEP

_TITLES = {
    "application": KIND.title,
    "expecting": EXPECTING_STEP.title,
    "home": HOME_STEP.title,
    "need": NEED_STEP.title,
    "wishes": WISHES_STEP.title,
}

AnswerText = str | list[str]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question with its old and new answer; an answer that is not given is empty."""

    label: str | Promise
    before: AnswerText
    after: AnswerText


@dataclass(frozen=True, slots=True)
class AnswerChanges:
    title: str | Promise
    rows: tuple[AnswerChange, ...]


class Confirmers(StrEnum):
    """Which adults a change asks to confirm (DOMAIN, rule 2)."""

    NONE = "none"
    YOU = "you"
    SOME = "some"
    ALL = "all"


def differences(changes: Iterable[Change], *, own: UUID) -> list[AnswerChanges]:
    return [
        AnswerChanges(_title(section, key, found[0].name, own), tuple(_answer_change(each) for each in found))
        for (section, key), group in groupby(changes, key=lambda change: (change.section, change.id))
        if (found := list(group))
    ]


def find_confirmers(changes: Sequence[Change], *, own: UUID) -> tuple[Confirmers, list[str]]:
    material = [change for change in changes if change.is_material]
    if not material:
        return Confirmers.NONE, []
    # A change of the household, or of its adults, concerns every adult.
    if any(change.section != "adults" or change.field is None for change in material):
        return Confirmers.ALL, []
    names = {change.id: change.name for change in material}
    return (Confirmers.YOU, []) if names.keys() == {own} else (Confirmers.SOME, list(names.values()))


def _title(section: str, key: UUID | None, name: str, own: UUID) -> str | Promise:
    if section == "residents":
        return _("Also moves in: %(name)s") % {"name": name}
    if section == "adults":
        return _("Your own details") if key == own else name
    return _TITLES[section]


def _answer_change(change: Change) -> AnswerChange:
    if change.field is None:
        joins = change.before is None
        words = (_("No"), _("Yes")) if joins else (_("Yes"), _("No"))
        return AnswerChange(_("On the application"), *words)
    before, after = _answer(change, change.before), _answer(change, change.after)
    # Both look the same, since only a part is shown.
    if before == after and is_masked(change.field):
        after = _("%(code)s (another one)") % {"code": after}
    return AnswerChange(change.field.label, before, after)


def _answer(change: Change, answer: object) -> AnswerText:
    return "" if answer is None or change.field is None else display_answer(change.field, answer)
