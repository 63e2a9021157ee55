"""Say how a save ended whose connection broke."""

from datetime import datetime

from cryptography.exceptions import InvalidTag
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kanssa.applications.reading.commit_outcomes import CommitOutcome, resolved_outcome
from kanssa.database.commit_outcome import CommitMark
from kanssa.vault import open_json
from kanssa.web.base.database_outage import BOUND_TO, SECONDS_TO_RETRY
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import NoSuchPage

_STILL_UNKNOWN = 503


@require_safe
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    mark, backend, back = _read_token(token)
    # The mark proves what happened; the page itself repeats nothing.
    found = resolved_outcome(mark, backend=backend)
    context = {"outcome": found.value, "here": request.path, "back": back}
    if found is not CommitOutcome.UNKNOWN:
        return render_page(request, "public/outcome.html", context)
    response = render_page(request, "public/outcome_unknown.html", context, status=_STILL_UNKNOWN)
    # The transaction may still be running, or the database may be unavailable.
    response["Retry-After"] = str(SECONDS_TO_RETRY)
    return response


def _read_token(token: str) -> tuple[CommitMark | None, int, str]:
    """Open the contents of the address. Raises NoSuchPage."""
    try:
        contents = open_json(signing.b64_decode(token.encode()), bound_to=BOUND_TO)
    except (ValueError, KeyError, InvalidTag):
        raise NoSuchPage from None
    mark = contents["mark"]
    return (
        CommitMark(mark[0], datetime.fromisoformat(mark[1]), mark[2]) if mark else None,
        contents["backend"],
        contents["back"],
    )
