"""Check a draft before it is sent, and an edit before it is saved."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from kanssa.applications.content.validation import FieldProblem, shared_contacts
from kanssa.applications.reading.view_models import DraftView
from kanssa.applications.refusals import DraftIncomplete
from kanssa.applications.states import State
from kanssa.values.refusal import Refusal
from kanssa.web.apply.navigation import main_url
from kanssa.web.apply.step_page import draft_in
from kanssa.web.apply.summary_cards import problem_links, summary_cards
from kanssa.web.base.pages import render_page
from kanssa.web.base.visitor import visitor_of
from kanssa.web.form.differences import differences, find_confirmers
from kanssa.web.form.steps import MAIN_STEPS


def summary_page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    visitor = visitor_of(request)
    draft = draft_in(request)
    was_incomplete = isinstance(refusal, DraftIncomplete)
    faults = list(draft.faults)
    if refusal and was_incomplete:
        faults = cast("list[FieldProblem]", refusal.facts["faults"])
    context = {
        # A browser that opened a mailed link may not be the applicant's.
        "cards": summary_cards(draft, hides_codes=visitor.has_resumed_draft),
        "faults": problem_links(draft, faults),
        "shared": shared_contacts(draft.content),
        "notice": visitor.pop_notice(),
        "is_draft": not draft.is_edit,
        "was_sent": was_incomplete,
        "refusal": None if was_incomplete else refusal,
        "revision": draft.revision,
        **(_of_edit(draft) if draft.is_edit else {"before": main_url(MAIN_STEPS[-1])}),
    }
    template = "apply/summary_of_edit.html" if draft.is_edit else "apply/summary.html"
    return render_page(request, template, context, status=refusal.status if refusal else 200)


def _of_edit(draft: DraftView) -> dict[str, Any]:
    own = draft.content.main_applicant_id
    confirmers, names = find_confirmers(draft.changes, own=own)
    return {
        "application_id": draft.id,
        "changes": differences(draft.changes, own=own),
        "confirmers": confirmers,
        "confirmer_names": names,
        "is_valid": draft.state is State.VALID,
        "has_main_identified": draft.has_main_identified,
    }
