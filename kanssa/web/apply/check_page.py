"""The page on which a draft is checked before it is sent, and an edit before it is saved."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from kanssa.applications.checks import Fault, shared_contacts
from kanssa.applications.readings import Draft
from kanssa.applications.refusals import DraftIncomplete
from kanssa.applications.states import State
from kanssa.values.refusal import Refusal
from kanssa.web.apply.check import check_cards, fault_links
from kanssa.web.apply.route import main_url
from kanssa.web.apply.step_page import draft_in
from kanssa.web.apply.steps import MAIN_STEPS
from kanssa.web.differences import differences, whom_it_asks
from kanssa.web.pages import page
from kanssa.web.visitor import visitor_of


def check_page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    """Show all answers; of an edit also what it changes. `refusal` is why it was not sent or saved."""
    visitor = visitor_of(request)
    draft = draft_in(request)
    was_incomplete = isinstance(refusal, DraftIncomplete)
    faults = list(draft.faults)
    if refusal and was_incomplete:
        faults = cast("list[Fault]", refusal.facts["faults"])
    context = {
        "cards": check_cards(draft, hides_codes=visitor.has_resumed),
        "faults": fault_links(draft, faults),
        "shared": shared_contacts(draft.content),
        "notice": visitor.take_notice(),
        "is_draft": not draft.is_edit,
        "was_sent": was_incomplete,
        "refusal": None if was_incomplete else refusal,
        "revision": draft.revision,
        **(_of_edit(draft) if draft.is_edit else {"before": main_url(MAIN_STEPS[-1])}),
    }
    template = "apply/check_edit.html" if draft.is_edit else "apply/check.html"
    return page(request, template, context, status=refusal.status if refusal else 200)


def _of_edit(draft: Draft) -> dict[str, Any]:
    own = draft.content.main_applicant_id
    asked, names = whom_it_asks(draft.changes, own=own)
    return {
        "application_id": draft.id,
        "changes": differences(draft.changes, own=own),
        "asked": asked,
        "asked_names": names,
        "is_valid": draft.state is State.VALID,
        "has_main_identified": draft.has_main_identified,
    }
