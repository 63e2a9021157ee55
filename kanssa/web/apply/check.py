"""Check your answers: cards of rows with their ways back, and links to what is missing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kanssa.applications.checks import Fault
from kanssa.applications.content import Content, full_name
from kanssa.applications.readings import Draft
from kanssa.web.apply.forms import text_of
from kanssa.web.apply.route import co_applicant_url, main_url, resident_url
from kanssa.web.apply.steps import (
    CO_APPLICANT_STEPS,
    MAIN_AFTER_PEOPLE,
    MAIN_BEFORE_PEOPLE,
    MAIN_STEPS,
    RESIDENT_STEP,
    Step,
    answers_about,
    asked,
    main_steps,
)
from kanssa.web.shown import Row, rows

RowsOf = Callable[..., list[Row]]


@dataclass(frozen=True, slots=True)
class Card:
    """One page's answers, or one person's; `change_url` leads to where all of them are changed."""

    title: str | Promise
    rows: list[Row] = field(default_factory=list)
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class FaultLink:
    """Something to mend, and the page where it is mended."""

    text: str
    url: str


def check_cards(draft: Draft, *, hides_codes: bool = False) -> list[Card]:
    """All answers, in the order of the form; `hides_codes`: none of an identity code."""
    rows_of = partial(rows, hides_codes=hides_codes)
    content = draft.content
    steps = main_steps(has_main_identified=draft.has_main_identified)
    return [
        *_main_cards([step for step in steps if step in MAIN_BEFORE_PEOPLE], content, rows_of),
        *[_co_applicant_card(draft, key, rows_of) for key in content.co_applicant_ids],
        *[_resident_card(key, facts, rows_of) for key, facts in content.residents.items()],
        *_main_cards(MAIN_AFTER_PEOPLE, content, rows_of),
    ]


def fault_links(draft: Draft, faults: Iterable[Fault]) -> list[FaultLink]:
    """Faults, each with its page."""
    return [_fault_link(fault, draft) for fault in faults]


def _main_cards(steps: Iterable[Step], content: Content, rows_of: RowsOf) -> Iterable[Card]:
    for step in asked(tuple(steps), partial(answers_about, content)):
        yield Card(step.title, rows_of(step.fields, answers_about(content, step)), _and_back(main_url(step)))


def _co_applicant_card(draft: Draft, key: UUID, rows_of: RowsOf) -> Card:
    facts = draft.content.adults[key]
    title = _("Co-applicant: %(name)s") % {"name": full_name(facts)}
    all_rows: list[Row] = []
    for step in asked(CO_APPLICANT_STEPS, lambda _step: facts):
        all_rows += rows_of(step.fields, facts, change_url=_and_back(co_applicant_url(key, step)))
    return Card(title, all_rows)


def _resident_card(key: UUID, facts: Mapping[str, Any], rows_of: RowsOf) -> Card:
    title = _("Also moves in: %(name)s") % {"name": full_name(facts)}
    return Card(title, rows_of(RESIDENT_STEP.fields, facts), _and_back(resident_url(key)))


def _fault_link(fault: Fault, draft: Draft) -> FaultLink:
    content = draft.content
    steps, url = _where(fault, content)
    step = next(step for step in steps if fault.field in step.names and step.section == fault.section)
    asking = next(each for each in step.fields if each.name == fault.field)
    text = text_of(fault, asking.label)
    person = _who(fault, content)
    return FaultLink(f"{person}. {text}" if person else text, _and_back(url(step)))


def _where(fault: Fault, content: Content) -> tuple[tuple[Step, ...], Any]:
    if fault.section == "residents" and fault.id:
        key = fault.id
        return (RESIDENT_STEP,), lambda _step: resident_url(key)
    if fault.section == "adults" and fault.id and fault.id != content.main_applicant_id:
        return CO_APPLICANT_STEPS, partial(co_applicant_url, fault.id)
    return MAIN_STEPS, main_url


def _who(fault: Fault, content: Content) -> str:
    if fault.section == "residents" and fault.id:
        return _("Also moves in: %(name)s") % {"name": full_name(content.residents[fault.id])}
    if fault.section == "adults" and fault.id and fault.id != content.main_applicant_id:
        return _("Co-applicant: %(name)s") % {"name": full_name(content.adults[fault.id])}
    return ""


def _and_back(url: str) -> str:
    """Lead back to checking the answers."""
    return f"{url}?back=check"
