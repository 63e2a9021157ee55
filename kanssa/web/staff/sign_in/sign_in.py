"""Sign in, by password and code or through the city's single sign-on, and sign out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import activate, get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.accounts.staff_refusals import (
    NotSignedIn,
    SignOnBusy,
    SignOnRefused,
    SignOnUnavailable,
    TooManyAttempts,
    WrongCode,
    WrongPassword,
)
from kanssa.identification import sign_ons
from kanssa.identification.attempts import language_of
from kanssa.identification.refusals import BrokersBusy, BrokerUnavailable
from kanssa.usecases.staff.begin_staff_sign_on import begin_staff_sign_on
from kanssa.usecases.staff.check_staff_password import check_staff_password
from kanssa.usecases.staff.finish_staff_sign_on import finish_staff_sign_on
from kanssa.usecases.staff.sign_out_staff import sign_out_staff
from kanssa.usecases.staff.verify_second_factor import verify_second_factor
from kanssa.values.refusal import Refusal
from kanssa.web.base.client_address import client_network
from kanssa.web.base.known_devices import account_key, device_mark, remember_device
from kanssa.web.base.refusals import NoSuchPage
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.form.credentials import SignInForm
from kanssa.web.staff.base.pages import render_staff_page
from kanssa.web.staff.base.visitor import staff_visitor_of
from kanssa.web.staff.sign_in.forms import SecondFactorForm


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if request.method != "POST":
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=422)
    account = account_key("staff", form.cleaned_data["email"])
    try:
        sign_in_id = check_staff_password(
            **form.cleaned_data,
            address=client_network(request),
            device=device_mark(request, account, now=visitor.now),
            now=visitor.now,
        )
    except (WrongPassword, TooManyAttempts) as refusal:
        form.add_error(None, refusal_text(refusal))
        return _sign_in_page(request, form, status=refusal.status)
    # The first factor opens nothing yet.
    visitor.start_second_factor(sign_in_id, account=account)
    return visitor.save_to(redirect("staff:second_factor"))


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    try:
        pending_sign_in = visitor.pending_sign_in
        if form.is_valid():
            account = visitor.account
            device = device_mark(request, account, now=visitor.now)
            verify_second_factor(
                sign_in_id=pending_sign_in, device=device, now=visitor.now, **form.cleaned_data
            )
            visitor.start_session(pending_sign_in)
            rotate_token(request)
            response = visitor.save_to(redirect("staff:start"))
            return remember_device(request, response, account, now=visitor.now)
    except NotSignedIn:
        return redirect("staff:sign_in")
    except (WrongCode, TooManyAttempts) as refusal:
        form.add_error("code", refusal_text(refusal))
        return _second_factor_page(request, form, status=refusal.status)
    return _second_factor_page(request, form, status=422 if form.errors else 200)


@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if key not in sign_ons.sign_ons():
        raise NoSuchPage
    try:
        handover = begin_staff_sign_on(
            key=key,
            browser=visitor.browser,
            return_url=settings.BASE_URL + reverse("staff_return", kwargs={"key": key}),
            language=get_language() or "fi",
            address=client_network(request),
            now=visitor.now,
        )
    except BrokerUnavailable:
        # Staff get advice of their own: the password is another way in.
        raise SignOnUnavailable from None
    except BrokersBusy:
        raise SignOnBusy from None
    return visitor.save_to(redirect(handover.url))


@require_safe
def return_from_broker(request: HttpRequest, key: str) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if key not in sign_ons.sign_ons():
        raise NoSuchPage
    reply = _reply_in(request)
    activate(language_of(reply.get("state", "")) or get_language() or "fi")
    try:
        sign_in_id = finish_staff_sign_on(key=key, reply=reply, browser=visitor.browser, now=visitor.now)
    except Refusal:
        if _is_signed_in(request):  # Back, or a second press
            return redirect("staff:start")
        raise
    visitor.start_session(sign_in_id)
    rotate_token(request)
    return visitor.save_to(redirect("staff:start"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    visitor = staff_visitor_of(request)
    if _is_signed_in(request):
        sign_out_staff(staff=visitor.staff, now=visitor.now)
    response = visitor.remove_from(render_staff_page(request, "staff/sign_in/signed_out.html"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _reply_in(request: HttpRequest) -> dict[str, str]:
    # A repeated parameter could mean two things, so it is refused.
    if any(len(values) > 1 for _name, values in request.GET.lists()):
        raise SignOnRefused(why="duplicate-parameter")
    return request.GET.dict()


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        return bool(staff_visitor_of(request).staff)
    except NotSignedIn:
        return False


def _sign_in_page(request: HttpRequest, form: SignInForm, *, status: int = 200) -> HttpResponse:
    language = get_language() or "fi"
    ways = [(key, each.label(language)) for key, each in sign_ons.sign_ons().items()]
    return render_staff_page(
        request, "staff/sign_in/sign_in.html", {"form": form, "ways": ways}, status=status
    )


def _second_factor_page(request: HttpRequest, form: SecondFactorForm, *, status: int) -> HttpResponse:
    return render_staff_page(request, "staff/sign_in/second_factor.html", {"form": form}, status=status)
