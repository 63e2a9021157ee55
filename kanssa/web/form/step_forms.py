"""Build a step's form and check it by its fields and by the rules of the application."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.validation import FieldProblem, problems_of
from kanssa.web.base.refusals import has_stale_form_token
from kanssa.web.form.base_form import Form
from kanssa.web.form.questions import build_form, cleaned_answers
from kanssa.web.form.steps import Step


def step_form(request: HttpRequest, step: Step, given: Mapping[str, Any], *, today: date) -> Form:
    typed = request.POST if request.method == "POST" else None
    return build_form(step.fields, given=given, typed=typed, today=today)


def validate_step(
    request: HttpRequest,
    form: Form,
    faults: Callable[[Facts], list[FieldProblem]],
    given: Mapping[str, Any],
) -> bool:
    """Whether a bound form can be saved; else it holds its errors, typo warnings and the input.

    `faults` returns the problems that the rules find in the answers; those about this form's fields become
    its errors. Input sent with a stale form token is only shown again.
    """
    form.full_clean()
    for problem in faults(cleaned_answers(form, given=given)):
        # Other fields are asked on their own pages.
        if problem.field in form.fields and problem.field not in form.errors:
            form.add_error(problem.field, problem_text(problem, form.fields[problem.field].label))
    if has_stale_form_token(request):
        form.add_error(None, _("The page had been open too long. Check your answers, then continue again."))
    return form.is_valid()


def problems_in(content: Content, section: str, person_id: UUID | None, *, today: date) -> list[FieldProblem]:
    return [
        problem
        for problem in problems_of(content, today=today)
        if problem.section == section and problem.id == person_id
    ]


def problem_text(problem: FieldProblem, label: Any) -> str:
    match problem.code:
        case "missing" if problem.field == "email":  # any one of the three contact fields is enough
            return _("Give an e-mail address, a mobile phone number or a postal address.")
        case "under-age":
            return _("An applicant must be 18. Add younger people among the others who move in.")
        case "of-age":
            return _("This person is 18 or older. Add them as a co-applicant instead.")
        case "same-person":
            return _("Another person on this application has the same personal identity code.")
        case _:
            return _("An answer is needed: %(question)s") % {"question": label}
