from uuid import UUID

from django.http import HttpRequest

from kanssa.applications.casework.cases import AccessReason
from kanssa.web.staff.base.visitor import staff_visitor_of


def reason_for(request: HttpRequest, application_id: UUID) -> AccessReason | None:
    reason = staff_visitor_of(request).cases.get(application_id)
    return AccessReason(reason) if reason else None
