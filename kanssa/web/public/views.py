from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kanssa.web.base.office_details import office_details, office_notices
from kanssa.web.base.pages import render_page
from kanssa.web.base.visitor import visitor_of


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/front.html", {"notices": office_notices(visitor_of(request).now)})


@require_safe
def instructions(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "public/instructions.html", {"office": office_details(visitor_of(request).now)}
    )


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/contact.html", {"office": office_details(visitor_of(request).now)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/accessibility.html")
