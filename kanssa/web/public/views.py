"""Pages for everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kanssa.web.contact import desk_for, notices_for
from kanssa.web.pages import page
from kanssa.web.visitor import visitor_of


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What this is, and the two ways in."""
    return page(request, "public/front.html", {"notices": notices_for(visitor_of(request).now)})


@require_safe
def instructions(request: HttpRequest) -> HttpResponse:
    """How to confirm, with bank credentials and without: the city's instructions."""
    return page(request, "public/instructions.html", {"desk": desk_for(visitor_of(request).now)})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """The desk and the advice service."""
    return page(request, "public/contact.html", {"desk": desk_for(visitor_of(request).now)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, why and how long."""
    return page(request, "public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return page(request, "public/accessibility.html")
