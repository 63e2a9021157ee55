"""Let a person complete and correct their own details, page by page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.applications.content.content import Facts, merged
from kanssa.applications.content.form import PERSON, missing_fields
from kanssa.applications.content.validation import FieldProblem
from kanssa.applications.reading import queries
from kanssa.applications.refusals import DraftTooLarge
from kanssa.calendar.days import day_of
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.web.apply.step_page import known_step
from kanssa.web.base.page_urls import page_url
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import keep_input_on_stale_token
from kanssa.web.base.visitor import Visitor, shows_application, visitor_of
from kanssa.web.form.questions import cleaned_answers
from kanssa.web.form.step_forms import step_form, validate_step
from kanssa.web.form.steps import OWN_STEPS, Step, applicable_steps


@shows_application()
@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def own_details(request: HttpRequest, application_id: UUID, key: str) -> HttpResponse:
    visitor = visitor_of(request)
    applicant_id, given = queries.own_details(
        application_id,
        identified=visitor.identified,
        now=visitor.now,
        read=visitor.person_session.take(application_id),
    )
    step = known_step(OWN_STEPS, key)
    form = step_form(request, step, given, today=day_of(visitor.now))
    if request.method == "POST" and validate_step(request, form, lambda facts: _faults(given, facts), given):
        try:
            facts = _save(visitor, application_id, applicant_id, cleaned_answers(form, given=given))
        except DraftTooLarge as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            # Against what is stored now: the answers just saved may open or close pages.
            following = _following(request, step, merged(given, facts))
            if following:
                return HttpResponseRedirect(own_step_url(following, application_id))
            return _submit_corrections(visitor, application_id, applicant_id)
    context = {
        "form": form,
        "step": step,
        "about": "",
        "before": _before(request, step, given, application_id),
        "revision": "",
        "notice": "",
        "is_draft": False,
    }
    return render_page(request, "apply/step.html", context, status=form.status)


def first_incomplete(missing: tuple[str, ...], application_id: UUID) -> str:
    for step in OWN_STEPS:
        if set(step.names) & set(missing):
            return own_step_url(step, application_id)
    return ""


def pending_answers_url(waiting: tuple[str, ...], application_id: UUID) -> str:
    url = first_incomplete(waiting, application_id)
    return f"{url}?back=review" if url else ""


def own_step_url(step: Step, application_id: UUID) -> str:
    return page_url("confirm:own_details", application_id=application_id, key=step.key)


def _save(visitor: Visitor, application_id: UUID, applicant_id: UUID, facts: Facts) -> Facts:
    save_own_details(
        application_id=application_id,
        applicant_id=applicant_id,
        facts=facts,
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    return facts


def _submit_corrections(visitor: Visitor, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    correct_own_details(
        application_id=application_id,
        applicant_id=applicant_id,
        identified=visitor.identified,
        actor=visitor.identified.actor,
        now=visitor.now,
    )
    return redirect("confirm:review", application_id=application_id)


def _faults(given: Facts, facts: Facts) -> list[FieldProblem]:
    after = merged(given, facts)
    return [FieldProblem("missing", "adults", name) for name in missing_fields(PERSON, after)]


def _following(request: HttpRequest, step: Step, given: Facts) -> Step | None:
    steps = list(applicable_steps(OWN_STEPS, lambda _step: given))
    later = [each for each in steps if OWN_STEPS.index(each) > OWN_STEPS.index(step)]
    if later and request.GET.get("back") != "review":
        return later[0]
    # A correction from the review still has to fill the gaps before it can be submitted.
    missing = set(missing_fields(PERSON, given))
    return next((each for each in steps if missing & set(each.names)), None)


def _before(request: HttpRequest, step: Step, given: Facts, application_id: UUID) -> str:
    earlier = list(applicable_steps(OWN_STEPS[: OWN_STEPS.index(step)], lambda _step: given))
    if earlier and request.GET.get("back") != "review":
        return own_step_url(earlier[-1], application_id)
    return page_url("confirm:review", application_id=application_id)
