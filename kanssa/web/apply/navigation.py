"""Find the next and the previous page of each page of the form."""

from functools import partial
from uuid import UUID

from kanssa.applications.content.content import Content
from kanssa.web.base.page_urls import page_url
from kanssa.web.form.steps import (
    CO_APPLICANT_STEPS,
    MAIN_AFTER_PEOPLE,
    MAIN_BEFORE_PEOPLE,
    Step,
    answers_about,
    applicable_steps,
)


def main_url(step: Step) -> str:
    return page_url("apply:step", key=step.key)


def co_applicant_url(applicant_id: UUID, step: Step) -> str:
    return page_url("apply:co_applicant", applicant_id=applicant_id, key=step.key)


def resident_url(resident_id: UUID) -> str:
    return page_url("apply:resident", resident_id=resident_id)


def after_main(step: Step, content: Content, *, is_edit: bool = False) -> str:
    # An edit is not a tour: each of its pages leads back to the list of all changes.
    if is_edit:
        return page_url("apply:check")
    part = _part_of(step)
    following = list(applicable_steps(part, partial(answers_about, content)))
    # A step that no longer applies leads to the first that does.
    position = following.index(step) + 1 if step in following else 0
    if position < len(following):
        return main_url(following[position])
    return page_url("apply:co_applicants" if part is MAIN_BEFORE_PEOPLE else "apply:check")


def before_main(step: Step, content: Content, *, is_edit: bool = False) -> str:
    if is_edit:
        return page_url("apply:check")
    part = _part_of(step)
    earlier = list(applicable_steps(part[: part.index(step)], partial(answers_about, content)))
    if earlier:
        return main_url(earlier[-1])
    return page_url("apply:start" if part is MAIN_BEFORE_PEOPLE else "apply:residents")


def after_co_applicant(step: Step, applicant_id: UUID, content: Content) -> str:
    later = CO_APPLICANT_STEPS[CO_APPLICANT_STEPS.index(step) + 1 :]
    for each in applicable_steps(later, lambda _step: content.adults[applicant_id]):
        return co_applicant_url(applicant_id, each)
    return page_url("apply:co_applicants")


def opens_next_step(step: Step, content: Content, applicant_id: UUID | None) -> bool:
    if applicant_id is None or applicant_id not in content.adults:
        return False
    is_main = applicant_id == content.main_applicant_id
    steps = MAIN_BEFORE_PEOPLE if is_main else CO_APPLICANT_STEPS
    following = steps[steps.index(step) + 1 :][:1]
    return any(not each.applies({}) and each.applies(content.adults[applicant_id]) for each in following)


def _part_of(step: Step) -> tuple[Step, ...]:
    return MAIN_BEFORE_PEOPLE if step in MAIN_BEFORE_PEOPLE else MAIN_AFTER_PEOPLE
