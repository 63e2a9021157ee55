"""Print an invitation that the main applicant hands over to a co-applicant."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kanssa.applications.reading import queries
from kanssa.applications.reading.view_models import Status
from kanssa.applications.refusals import NothingToInvite, PrintedInvitationsUsedUp, SomeoneElse
from kanssa.usecases.invitations.print_invitation import print_invitation
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.visitor import visitor_of


@dataclass(frozen=True, slots=True)
class InvitationPaper:
    """The contents of the paper: a code, where to type it, and the same as a picture for a phone."""

    code: str
    expires_at: datetime
    address: str

    @property
    def picture(self) -> str:
        """A QR code of the address with the code, as a data URL."""
        url = f"{self.address}?{urlencode({'code': self.code})}"
        return segno.make(url, micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, application_id: UUID, applicant_id: UUID) -> HttpResponse:
    """Explain the printed invitation; a press makes a code, which the next page shows once."""
    visitor = visitor_of(request)
    refusal: PrintedInvitationsUsedUp | None = None
    if request.method == "POST":
        try:
            made = print_invitation(
                application_id=application_id,
                applicant_id=applicant_id,
                identified=visitor.identified,
                actor=visitor.identified.actor,
                now=visitor.now,
            )
        except PrintedInvitationsUsedUp as why:
            refusal = why
        else:
            visitor.store_invitation_code(applicant_id, made.code, expires_at=made.expires_at)
            return redirect(request.path)
    status = queries.status(application_id, identified=visitor.identified, now=visitor.now)
    shown = visitor.pop_invitation_code(applicant_id)
    address = settings.BASE_URL + reverse("invitation:code")
    context = {
        "status": status,
        "applicant_id": applicant_id,
        "name": _name_of(applicant_id, status),
        "paper": InvitationPaper(*shown, address) if shown else None,
        "refusal": refusal,
        "office": office_details(visitor.now),
    }
    template = "account/printed_invitation.html"
    return render_page(request, template, context, status=refusal.status if refusal else 200)


def _name_of(applicant_id: UUID, status: Status) -> str:
    if not status.is_main:
        raise SomeoneElse
    for other in status.others:
        if other.applicant_id == applicant_id and applicant_id in status.by_hand:
            return other.name
    raise NothingToInvite
