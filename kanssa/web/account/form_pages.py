"""A page with one form: shown empty, shown again with what is wrong, or valid."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kanssa.values.refusal import Refusal
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import has_stale_form_token
from kanssa.web.form.base_form import Form


def posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def is_valid_post(request: HttpRequest, form: Form) -> bool:
    if request.method != "POST":
        return False
    form.full_clean()
    if has_stale_form_token(request):
        form.add_error(None, _("The page had been open too long. Check what you typed and send it again."))
    return form.is_valid()


def form_page(
    request: HttpRequest, template: str, form: Form, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    status = refusal.status if refusal else form.status
    return render_page(request, template, {"form": form, **more}, status=status)
