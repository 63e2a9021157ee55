"""The connection broke while something was being stored: how it ended."""

from datetime import datetime

from cryptography.exceptions import InvalidTag
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kanssa.applications.outcomes import Outcome, settled
from kanssa.database.doubt import Mark
from kanssa.vault import open_json
from kanssa.web.absence import BOUND_TO, SECONDS_TO_RETRY
from kanssa.web.pages import page
from kanssa.web.refusals import NoSuchPage

_STILL_UNKNOWN = 503


@require_safe
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    """Look again, and say whether it was stored. Opening it changes nothing."""
    mark, backend, back = _held_in(token)
    found = settled(mark, backend=backend)
    context = {"outcome": found.value, "here": request.path, "back": back}
    if found is not Outcome.UNKNOWN:
        return page(request, "public/outcome.html", context)
    response = page(request, "public/outcome_unknown.html", context, status=_STILL_UNKNOWN)
    response["Retry-After"] = str(SECONDS_TO_RETRY)
    return response


def _held_in(token: str) -> tuple[Mark | None, int, str]:
    """Open what the address holds. Raises NoSuchPage."""
    try:
        held = open_json(signing.b64_decode(token.encode()), bound_to=BOUND_TO)
    except (ValueError, KeyError, InvalidTag):
        raise NoSuchPage from None
    mark = held["mark"]
    return (
        Mark(mark[0], datetime.fromisoformat(mark[1]), mark[2]) if mark else None,
        held["backend"],
        held["back"],
    )
