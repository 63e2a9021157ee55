"""A step's form: what was typed, checked by the fields and by the rules of the application."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kanssa.applications.checks import Fault, faults_of
from kanssa.applications.content import Content, Facts
from kanssa.web.apply.steps import Step
from kanssa.web.questions import answers_in, form_for
from kanssa.web.refusals import form_token_is_stale
from kanssa.web.typed_forms import Form


def step_form(request: HttpRequest, step: Step, given: Mapping[str, Any], *, today: date) -> Form:
    """Make the step's form: bound when something was sent."""
    typed = request.POST if request.method == "POST" else None
    return form_for(step.fields, given=given, typed=typed, today=today)


def is_sound(
    request: HttpRequest,
    form: Form,
    faults: Callable[[Facts], list[Fault]],
    given: Mapping[str, Any],
) -> bool:
    """Whether a bound form can be saved; else it holds its errors and questions, and what was typed.

    `faults` tells what the rules find in the answers; those about this form's fields become its
    errors. What a stale form token brought is only shown again.
    """
    form.full_clean()
    for fault in faults(answers_in(form, given=given)):
        if fault.field in form.fields and fault.field not in form.errors:
            form.add_error(fault.field, text_of(fault, form.fields[fault.field].label))
    if form_token_is_stale(request):
        form.add_error(None, _("The page had been open too long. Check your answers, then continue again."))
    return form.is_valid()


def faults_about(content: Content, section: str, place_id: UUID | None, *, today: date) -> list[Fault]:
    """The faults of one section, or of one person in it."""
    return [
        fault
        for fault in faults_of(content, today=today)
        if fault.section == section and fault.id == place_id
    ]


def text_of(fault: Fault, label: Any) -> str:
    """A fault in words."""
    match fault.code:
        case "missing" if fault.field == "email":  # any one of three will do
            return _("Give an e-mail address, a mobile phone number or a postal address.")
        case "under-age":
            return _("An applicant must be 18. Add younger people among the others who move in.")
        case "of-age":
            return _("This person is 18 or older. Add them as a co-applicant instead.")
        case "same-person":
            return _("Another person on this application has the same personal identity code.")
        case _:
            return _("An answer is needed: %(question)s") % {"question": label}
