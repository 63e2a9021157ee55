"""Take the code of a printed invitation, as the mailed link is taken elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kanssa.applications.refusals import TooManyInvitationCodes, WrongInvitationCode
from kanssa.usecases.invitations.open_invitation_code import open_invitation_code
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal
from kanssa.values.typed_text import one_line
from kanssa.web.base.client_address import client_network
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import has_stale_form_token, keep_input_on_stale_token
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.base.visitor import visitor_of
from kanssa.web.form.base_form import Form
from kanssa.web.form.credentials import CodeField

_LONGEST_CODE = 200  # a pasted code may have words around it


class InvitationCodeForm(Form):
    code = CodeField(
        _("Code of the invitation"),
        autocomplete="off",
        required=_("Type the code of the invitation."),
        help_text=_("The 12 letters and digits on the paper, such as K7QM-4HXR-92TW. Small letters will do."),
    )


@keep_input_on_stale_token
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take a code. Only a press tries it: the picture on the paper merely fills the field in."""
    visitor = visitor_of(request)
    typed = request.POST if request.method == "POST" else None
    form = InvitationCodeForm(typed, initial={"code": one_line(request.GET.get("code", ""))[:_LONGEST_CODE]})
    refusal: Refusal | None = None
    if request.method == "POST" and _is_valid(request, form):
        try:
            invited = open_invitation_code(
                code=form.cleaned_data["code"],
                address=client_network(request),
                actor=Actor("link"),
                now=visitor.now,
            )
        except (WrongInvitationCode, TooManyInvitationCodes) as why:
            refusal = why
            form.add_error("code", refusal_text(why))
        else:
            visitor.store_link(invited.invitation_id, invited.applicant_id)
            return redirect("identify:cookies")
    context = {"form": form, "office": office_details(visitor.now)}
    status = refusal.status if refusal else form.status
    return render_page(request, "confirm/invitation_code.html", context, status=status)


def _is_valid(request: HttpRequest, form: Form) -> bool:
    form.full_clean()
    if has_stale_form_token(request):
        form.add_error(None, _("The page had been open too long. Check what you typed and send it again."))
    return form.is_valid()
