"""Set up a local account: choose a password, then the second factor."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kanssa.accounts.second_factor_setup import pending_setup
from kanssa.accounts.staff_refusals import NotSignedIn, PasswordTooWeak, WrongCode
from kanssa.accounts.start_links import user_of
from kanssa.usecases.staff.choose_staff_password import choose_staff_password
from kanssa.usecases.staff.set_up_second_factor import set_up_second_factor
from kanssa.web.base.qr_picture import qr_picture
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import StaffVisitor, staff_visitor_of
from kanssa.web.staff.sign_in.forms import RepeatedPasswordForm, SecondFactorForm


@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    # Opening the page changes nothing.
    name = user_of(token, now=visitor.now).name
    form = RepeatedPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            password = form.cleaned_data["password"]
            sign_in_id = choose_staff_password(token=token, password=password, now=visitor.now)
        except PasswordTooWeak as refusal:
            for fault in refusal.faults:
                form.add_error("password", fault)
        else:
            # The password alone signs no one in.
            visitor.start_second_factor(sign_in_id)
            return visitor.save_to(redirect("staff:set_up"))
    context = {"form": form, "name": name}
    return render_staff_page(
        request, "staff/sign_in/choose_password.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    try:
        setup = pending_setup(visitor.pending_sign_in, now=visitor.now)
        if form.is_valid():
            codes = set_up_second_factor(
                sign_in_id=visitor.pending_sign_in, now=visitor.now, **form.cleaned_data
            )
            return _recovery_codes(request, visitor, codes)
    except NotSignedIn:
        return redirect("staff:sign_in")
    except WrongCode as refusal:
        form.add_error("code", str(refusal.reason))
    context = {"form": form, "secret": setup.in_groups, "picture": qr_picture(setup.address)}
    return render_staff_page(
        request, "staff/sign_in/second_factor_setup.html", context, status=422 if form.errors else 200
    )


def _recovery_codes(request: HttpRequest, visitor: StaffVisitor, codes: Sequence[str]) -> HttpResponse:
    visitor.start_session(visitor.pending_sign_in)
    rotate_token(request)
    # Shown in the response itself: the codes are not stored in plain text.
    return visitor.save_to(
        render_staff_page(request, "staff/sign_in/recovery_codes.html", {"codes": codes}, staff=visitor.staff)
    )
