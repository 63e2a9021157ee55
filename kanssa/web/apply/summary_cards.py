"""Show all answers as cards with links to change them, and link to the missing ones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kanssa.applications.content.content import Content, full_name
from kanssa.applications.content.validation import FieldProblem
from kanssa.applications.reading.view_models import DraftView
from kanssa.web.apply.navigation import co_applicant_url, main_url, resident_url
from kanssa.web.form.display import SummaryRow, rows
from kanssa.web.form.step_forms import problem_text
from kanssa.web.form.steps import (
    CO_APPLICANT_STEPS,
    MAIN_AFTER_PEOPLE,
    MAIN_BEFORE_PEOPLE,
    MAIN_STEPS,
    RESIDENT_STEP,
    Step,
    answers_about,
    applicable_steps,
    main_steps,
)

RowsOf = Callable[..., list[SummaryRow]]


@dataclass(frozen=True, slots=True)
class SummaryCard:
    """The answers of one page, or of one person; `change_url` leads to where all of them are changed."""

    title: str | Promise
    rows: list[SummaryRow] = field(default_factory=list)
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class ProblemLink:
    text: str
    url: str


def summary_cards(draft: DraftView, *, hides_codes: bool = False) -> list[SummaryCard]:
    rows_of = partial(rows, hides_codes=hides_codes)
    content = draft.content
    steps = main_steps(has_main_identified=draft.has_main_identified)
    return [
        *_main_cards([step for step in steps if step in MAIN_BEFORE_PEOPLE], content, rows_of),
        *[_co_applicant_card(draft, key, rows_of) for key in content.co_applicant_ids],
        *[_resident_card(key, facts, rows_of) for key, facts in content.residents.items()],
        *_main_cards(MAIN_AFTER_PEOPLE, content, rows_of),
    ]


def problem_links(draft: DraftView, faults: Iterable[FieldProblem]) -> list[ProblemLink]:
    return [_problem_link(problem, draft) for problem in faults]


def _main_cards(steps: Iterable[Step], content: Content, rows_of: RowsOf) -> Iterable[SummaryCard]:
    for step in applicable_steps(tuple(steps), partial(answers_about, content)):
        yield SummaryCard(
            step.title, rows_of(step.fields, answers_about(content, step)), _and_back(main_url(step))
        )


def _co_applicant_card(draft: DraftView, key: UUID, rows_of: RowsOf) -> SummaryCard:
    facts = draft.content.adults[key]
    title = _("Co-applicant: %(name)s") % {"name": full_name(facts)}
    all_rows: list[SummaryRow] = []
    for step in applicable_steps(CO_APPLICANT_STEPS, lambda _step: facts):
        all_rows += rows_of(step.fields, facts, change_url=_and_back(co_applicant_url(key, step)))
    return SummaryCard(title, all_rows)


def _resident_card(key: UUID, facts: Mapping[str, Any], rows_of: RowsOf) -> SummaryCard:
    title = _("Also moves in: %(name)s") % {"name": full_name(facts)}
    return SummaryCard(title, rows_of(RESIDENT_STEP.fields, facts), _and_back(resident_url(key)))


def _problem_link(problem: FieldProblem, draft: DraftView) -> ProblemLink:
    content = draft.content
    steps, url = _where(problem, content)
    step = next(step for step in steps if problem.field in step.names and step.section == problem.section)
    asking = next(each for each in step.fields if each.name == problem.field)
    text = problem_text(problem, asking.label)
    person = _who(problem, content)
    return ProblemLink(f"{person}. {text}" if person else text, _and_back(url(step)))


def _where(problem: FieldProblem, content: Content) -> tuple[tuple[Step, ...], Any]:
    if problem.section == "residents" and problem.id:
        key = problem.id
        return (RESIDENT_STEP,), lambda _step: resident_url(key)
    if problem.section == "adults" and problem.id and problem.id != content.main_applicant_id:
        return CO_APPLICANT_STEPS, partial(co_applicant_url, problem.id)
    return MAIN_STEPS, main_url


def _who(problem: FieldProblem, content: Content) -> str:
    if problem.section == "residents" and problem.id:
        return _("Also moves in: %(name)s") % {"name": full_name(content.residents[problem.id])}
    if problem.section == "adults" and problem.id and problem.id != content.main_applicant_id:
        return _("Co-applicant: %(name)s") % {"name": full_name(content.adults[problem.id])}
    return ""


def _and_back(url: str) -> str:
    return f"{url}?back=check"
