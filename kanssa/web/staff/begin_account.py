"""Beginning with a local account: a password of one's own, then the second factor."""

from collections.abc import Sequence

import segno
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.accounts.refusals import NotSignedIn, PasswordTooWeak, WrongCode
from kanssa.accounts.set_up import being_set_up
from kanssa.accounts.start_links import user_of
from kanssa.usecases.choose_staff_password import choose_staff_password
from kanssa.usecases.set_up_second_factor import set_up_second_factor
from kanssa.web.staff.forms import CodeForm, NewPasswordForm
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import StaffVisitor, staff_visitor_of


@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, by the start link. Opening the page changes nothing."""
    visitor = staff_visitor_of(request)
    name = user_of(token, now=visitor.now).name
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            password = form.cleaned_data["password"]
            sign_in_id = choose_staff_password(token=token, password=password, now=visitor.now)
        except PasswordTooWeak as refusal:
            for fault in refusal.faults:
                form.add_error("password", fault)
        else:
            visitor.wait_for_second_factor(sign_in_id)
            return visitor.keep_in(redirect("staff:set_up"))
    context = {"form": form, "name": name}
    return staff_page(request, "staff/choose_password.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Scan the secret into an authenticator and prove it by a code; the recovery codes are shown once."""
    visitor = staff_visitor_of(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    try:
        asked = being_set_up(visitor.unfinished, now=visitor.now)
        if form.is_valid():
            codes = set_up_second_factor(sign_in_id=asked.sign_in_id, now=visitor.now, **form.cleaned_data)
            return _recovery_codes(request, visitor, codes)
    except NotSignedIn:
        return redirect("staff:sign_in")
    except WrongCode as refusal:
        form.add_error("code", str(refusal.reason))
    context = {"form": form, "secret": asked.in_groups, "picture": _picture_of(asked.address)}
    return staff_page(request, "staff/set_up.html", context, status=422 if form.errors else 200)


def _recovery_codes(request: HttpRequest, visitor: StaffVisitor, codes: Sequence[str]) -> HttpResponse:
    """Show them in the answer itself: they are stored nowhere as they are."""
    visitor.become(visitor.unfinished)
    rotate_token(request)
    return visitor.keep_in(
        staff_page(request, "staff/recovery_codes.html", {"codes": codes}, staff=visitor.staff)
    )


def _picture_of(address: str) -> str:
    """Draw the address as a QR code, in an address of its own: no other request, no script."""
    return segno.make(address, micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)
