"""How an application stands, to one of its adults."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kanssa.applications import queries
from kanssa.applications.readings import Status
from kanssa.values.refusal import Refusal
from kanssa.web.contact import desk_for
from kanssa.web.differences import Asked
from kanssa.web.pages import page
from kanssa.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was just done; of an edit, whom it asks (with names where it is some)."""

    name: str
    asked: Asked = Asked.NOBODY
    names: tuple[str, ...] = ()


def status_page(
    request: HttpRequest, application_id: UUID, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    """The status page; `refusal` is why something was not done."""
    status = queries.status(application_id, identified=visitor.identified, now=visitor.now)
    context = {
        "status": status,
        "notice": _notice(visitor.take_notice(), status),
        "refusal": refusal,
        "desk": desk_for(visitor.now),
    }
    return page(request, "account/status.html", context, status=refusal.status if refusal else 200)


def _notice(left: str, status: Status) -> Notice:
    name, _colon, places = left.partition(":")
    asked = set(places.split(",")) - {""}
    names = tuple(other.name for other in status.others if str(other.applicant_id) in asked)
    if not asked:
        return Notice(name)
    if len(asked) == len(status.others) + 1:
        return Notice(name, Asked.ALL if status.others else Asked.YOU)
    return Notice(name, Asked.SOME if names else Asked.YOU, names)
