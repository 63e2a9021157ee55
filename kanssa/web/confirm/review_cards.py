"""Show an application to the person who confirms it, cut to what `visibility` allows."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kanssa.applications.aggregate.visibility import OtherAdult, VisibleApplication
from kanssa.applications.content.content import ASSURANCES, full_name
from kanssa.applications.content.form import PERSON, Field
from kanssa.web.apply.summary_cards import SummaryCard
from kanssa.web.confirm.own_details import own_step_url
from kanssa.web.form.display import SummaryRow, rows
from kanssa.web.form.steps import (
    ADDRESS,
    BACKGROUND,
    CODE,
    CONTACT,
    INCOME,
    MAIN_STEPS,
    MUNICIPALITY,
    OWN_STEPS,
    RESIDENT_STEP,
    Step,
    applicable_steps,
)


def household_cards(seen: VisibleApplication) -> list[SummaryCard]:
    return [
        *[
            SummaryCard(_title_of(step, facts), rows(facts, _answers(seen, step)))
            for step in _household_steps()
            if (facts := _facts_of(step))
        ],
        *[
            SummaryCard(
                _("Also moves in: %(name)s") % {"name": full_name(facts)}, rows(RESIDENT_STEP.fields, facts)
            )
            for facts in seen.household.residents.values()
        ],
    ]


def own_cards(seen: VisibleApplication, application_id: UUID | None) -> list[SummaryCard]:
    return [
        SummaryCard(step.title, _own_rows(step, seen), _change_url(step, application_id))
        for step in applicable_steps(OWN_STEPS, lambda _step: seen.own)
    ]


def other_cards(seen: VisibleApplication) -> list[SummaryCard]:
    # Other adults' answers are private: only whether they are given.
    return [SummaryCard(other.name, list(_given_or_missing(other))) for other in seen.others]


def _given_or_missing(other: OtherAdult) -> Iterable[SummaryRow]:
    asked_of_them = (CODE, BACKGROUND, MUNICIPALITY, ADDRESS, CONTACT, INCOME)
    for step in asked_of_them:
        title = _("Contact details") if step is CONTACT else step.title
        yield SummaryRow(title, _("Missing") if other.missing & set(step.names) else _("Given"))


def _own_rows(step: Step, seen: VisibleApplication) -> list[SummaryRow]:
    names = ("hetu", "born", "nationality") if step.key == "name" else ()
    beside = [field for field in PERSON if field.name in names]
    return rows((*step.fields, *beside), seen.own)


def _household_steps() -> Iterable[Step]:
    return (step for step in MAIN_STEPS if step.section != "adults")


def _facts_of(step: Step) -> list[Field]:
    return [field for field in step.fields if field.name not in ASSURANCES]


def _title_of(step: Step, shown: list[Field]) -> str | Promise:
    return step.title if len(shown) == len(step.fields) else shown[0].label


def _answers(seen: VisibleApplication, step: Step) -> Mapping[str, Any]:
    answers: Mapping[str, Any] = getattr(seen.household, step.section)
    return answers


def _change_url(step: Step, application_id: UUID | None) -> str:
    if application_id is None:
        return ""
    return f"{own_step_url(step, application_id)}?back=review"
