from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kanssa.applications.reading import queries
from kanssa.applications.reading.view_models import Status
from kanssa.values.refusal import Refusal
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.seen_version import sealed_version
from kanssa.web.base.visitor import Visitor
from kanssa.web.form.differences import Confirmers, differences


@dataclass(frozen=True, slots=True)
class StatusNotice:
    """An action that was just done; of an edit, which adults must confirm (names if only some)."""

    name: str
    confirmers: Confirmers = Confirmers.NONE
    names: tuple[str, ...] = ()


def status_page(
    request: HttpRequest, application_id: UUID, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    read = visitor.person_session.take(application_id)
    status = queries.status(application_id, identified=visitor.identified, now=visitor.now, read=read)
    context = {
        "status": status,
        "notice": _notice(visitor.pop_notice(), status),
        "refusal": refusal,
        "seen_version": sealed_version(status.version_id, application_id=application_id),
        "light_changes": differences(status.light_changes, own=status.applicant_id),
        "office": office_details(visitor.now),
    }
    return render_page(request, "account/status.html", context, status=refusal.status if refusal else 200)


def _notice(left: str, status: Status) -> StatusNotice:
    name, _colon, applicant_ids = left.partition(":")
    confirmers = set(applicant_ids.split(",")) - {""}
    names = tuple(other.name for other in status.others if str(other.applicant_id) in confirmers)
    if not confirmers:
        return StatusNotice(name)
    # All the others and the reader.
    if len(confirmers) == len(status.others) + 1:
        return StatusNotice(name, Confirmers.ALL if status.others else Confirmers.YOU)
    return StatusNotice(name, Confirmers.SOME if names else Confirmers.YOU, names)
