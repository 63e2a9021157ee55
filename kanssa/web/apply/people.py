from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kanssa.applications.content.content import Facts, full_name
from kanssa.applications.content.validation import named_co_applicants, shared_contacts
from kanssa.applications.refusals import NoSuchApplication
from kanssa.web.apply.navigation import after_co_applicant, co_applicant_url, main_url, resident_url
from kanssa.web.apply.step_page import StepSubject, draft_in, known_step, save, step_page
from kanssa.web.base.page_urls import page_url
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import keep_input_on_stale_token
from kanssa.web.base.visitor import visitor_of
from kanssa.web.form.steps import CO_APPLICANT_STEPS, MAIN_AFTER_PEOPLE, MAIN_BEFORE_PEOPLE, RESIDENT_STEP


@require_http_methods(["GET", "HEAD", "POST"])
def co_applicants(request: HttpRequest) -> HttpResponse:
    draft = draft_in(request)
    content = draft.content
    if request.method == "POST":
        # A new id in the address: nothing is stored before the first page is saved.
        return redirect(co_applicant_url(uuid4(), CO_APPLICANT_STEPS[0]))
    checking = page_url("apply:check") if draft.is_edit else ""
    context = {
        "people": [(key, full_name(content.adults[key])) for key in content.co_applicant_ids],
        "is_draft": not draft.is_edit,
        "can_add": len(named_co_applicants(content)) < settings.MAX_CO_APPLICANTS,
        "shared": shared_contacts(content),
        "before": checking or main_url(MAIN_BEFORE_PEOPLE[-1]),
        "after": checking or page_url("apply:residents"),
        "notice": visitor_of(request).pop_notice(),
    }
    return render_page(request, "apply/co_applicants.html", context)


@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def co_applicant(request: HttpRequest, applicant_id: UUID, key: str) -> HttpResponse:
    draft = draft_in(request)
    step = known_step(CO_APPLICANT_STEPS, key)
    # The main applicant has pages of their own, with other questions.
    if applicant_id == draft.content.main_applicant_id:
        raise NoSuchApplication
    return step_page(
        request,
        draft,
        step,
        draft.content.adults.get(applicant_id, {}),
        change=lambda facts: lambda content: content.with_adult(applicant_id, facts),
        after=lambda content: after_co_applicant(step, applicant_id, content),
        before=page_url("apply:co_applicants"),
        about=StepSubject(
            applicant_id, _named(_("Co-applicant"), draft.content.adults.get(applicant_id, {}))
        ),
    )


@require_POST
def remove_co_applicant(request: HttpRequest, applicant_id: UUID) -> HttpResponse:
    save(request, lambda content: content.without_adult(applicant_id))
    return redirect("apply:co_applicants")


@require_http_methods(["GET", "HEAD", "POST"])
def residents(request: HttpRequest) -> HttpResponse:
    draft = draft_in(request)
    if request.method == "POST":
        # A new id in the address: nothing is stored before the page is saved.
        return redirect(resident_url(uuid4()))
    checking = page_url("apply:check") if draft.is_edit else ""
    context = {
        "people": [(key, full_name(facts)) for key, facts in draft.content.residents.items()],
        "is_draft": not draft.is_edit,
        "before": checking or page_url("apply:co_applicants"),
        "after": checking or main_url(MAIN_AFTER_PEOPLE[0]),
        "notice": visitor_of(request).pop_notice(),
    }
    return render_page(request, "apply/residents.html", context)


@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    draft = draft_in(request)
    return step_page(
        request,
        draft,
        RESIDENT_STEP,
        draft.content.residents.get(resident_id, {}),
        change=lambda facts: lambda content: content.with_resident(resident_id, facts),
        after=lambda _content: page_url("apply:residents"),
        before=page_url("apply:residents"),
        about=StepSubject(
            resident_id, _named(_("Also moves in"), draft.content.residents.get(resident_id, {}))
        ),
    )


@require_POST
def remove_resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    save(request, lambda content: content.without_resident(resident_id))
    return redirect("apply:residents")


def _named(role: str, person: Facts) -> str:
    name = full_name(person)
    return f"{role}: {name}" if name else role
